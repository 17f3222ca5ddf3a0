"""The database: its schema, and all SQL but that of the console."""
