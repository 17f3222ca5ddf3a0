"""Messages, names, limits and formats on which the services agree. It does no I/O."""
