"""Looks at an installation: as a visitor, through its relay, and from within its machine."""
