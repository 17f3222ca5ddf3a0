"""A client of the protocol `zufall.v2` without I/O, and transports for it (README.md)."""
