"""The signaling gateway, which holds the sockets of visitors."""
