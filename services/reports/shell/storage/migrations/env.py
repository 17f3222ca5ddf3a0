"""Run by Alembic, on the connection that `services.reports.shell.storage.database.migrate` hands over."""

from alembic import context

from services.reports.shell.storage.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
