"""What the services agree on: words, bytes and names. No I/O."""
