"""Runs the migrations for Alembic, on the connection that `upgrade` in `schema.py` gives it."""

from alembic import context

from services.reports.shell.storage.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
