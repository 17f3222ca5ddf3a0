"""Defines `zufall reports`: it starts the service, lists reports, and copies an SQLite database."""

import click

from services.runtime.lazy_group import CommandSource, LazyGroup
from services.runtime.terminal import SETTINGS

_HERE = __package__ or ""
_COMMANDS = {
    "list": CommandSource(f"{_HERE}.report_lists", "list_reports", "List the newest reports first."),
    "show": CommandSource(f"{_HERE}.report_lists", "show", "Show a report with its note and its chat."),
    "export": CommandSource(f"{_HERE}.export", "export", "Write a case for an authority to a file."),
    "export-key": CommandSource(f"{_HERE}.export", "export_key", "Print the key that checks exports."),
    "verify-export": CommandSource(
        f"{_HERE}.export", "verify_export", "Check that nobody has changed an export."
    ),
    "backup": CommandSource(f"{_HERE}.backup", "backup", "Copy the database of `zufall run` to a file."),
    "restore": CommandSource(f"{_HERE}.backup", "restore", "Bring back what `backup` wrote."),
}


@click.group(
    cls=LazyGroup,
    sources=_COMMANDS,
    invoke_without_command=True,
    help=f"Start the reports service if there is no command, or run one.\n\n{SETTINGS}",
)
@click.pass_context
def reports(context: click.Context) -> int:
    if context.invoked_subcommand:
        return 0
    from services.reports.__main__ import main  # the service needs more packages than its commands

    return main()
