"""Connects the core with gateways, moderators and the database."""
