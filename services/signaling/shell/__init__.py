"""The input and output of a gateway: sockets, HTTP, the hub of its sessions, adapters to other services."""
