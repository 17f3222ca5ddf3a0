"""What a gateway does: sockets, HTTP, the hub of its sessions, and the adapters to other services."""
