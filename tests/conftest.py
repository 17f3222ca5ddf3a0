"""Fixtures for every test: one PostgreSQL server a session is enough."""

from .databases import database, postgres_server

__all__ = ["database", "postgres_server"]
