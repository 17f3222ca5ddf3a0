"""What a gateway decides, without I/O: messages, sessions, matches, searches and signals."""
