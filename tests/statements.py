"""The statements that come with Zufall, on a site called Plaza."""

from services.reports.core.statements import StatementWriter
from services.reports.shell.statements_file import default_statements

STATEMENTS = StatementWriter(default_statements(), "Plaza")
