"""Which country an address is of."""
