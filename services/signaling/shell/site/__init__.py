"""Branding: what an operator changes about the page."""
