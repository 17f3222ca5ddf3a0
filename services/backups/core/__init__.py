"""The decisions about backups, without I/O: when one is due, which ones stay, what they hold."""
