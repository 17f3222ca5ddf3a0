"""Implements the gateway's ports with real services."""
