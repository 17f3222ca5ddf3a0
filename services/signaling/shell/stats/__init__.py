"""Counts what happens, and adds up what everybody may see."""
