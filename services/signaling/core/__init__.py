"""The decisions of a gateway, without I/O: messages, sessions, matches, searches and signals."""
