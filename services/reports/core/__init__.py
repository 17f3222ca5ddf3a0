"""Decides about reports: no input, no output, no clock."""
