"""Backups of the database: made each night, encrypted, copied elsewhere, and tried out."""
