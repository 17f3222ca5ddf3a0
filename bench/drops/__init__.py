"""Counts what is lost, and how soon all are back, when connections are cut while visitors talk in pairs."""
