"""The input and output of backups: the programs that make them, their folder, and the commands."""
