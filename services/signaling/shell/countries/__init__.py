"""Countries of addresses."""
