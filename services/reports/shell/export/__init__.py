"""Exports cases for authorities."""
