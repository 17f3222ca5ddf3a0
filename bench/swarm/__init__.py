"""Simulated browsers by the hundred, the history of what they see, and its judge."""
