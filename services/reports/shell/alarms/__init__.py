"""Tells an operator who is not at the console."""
