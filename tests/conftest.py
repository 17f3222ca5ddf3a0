"""Fixtures and settings for every test. Hypothesis has no deadline, because a machine may be slow."""

from hypothesis import HealthCheck, settings

from .databases import database, postgres_server

__all__ = ["database", "postgres_server"]

settings.register_profile("zufall", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("zufall")
