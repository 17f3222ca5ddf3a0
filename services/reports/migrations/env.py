"""Run by Alembic, on the connection that `services.reports.database.migrate` hands over."""

from alembic import context

from services.reports.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
