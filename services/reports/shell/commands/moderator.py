"""Defines `zufall moderator`."""

import click

from services.runtime.lazy_group import CommandSource, LazyGroup

_HERE = __package__ or ""
_VISITORS, _APPEALS, _CONSOLE = f"{_HERE}.visitors", f"{_HERE}.appeals", f"{_HERE}.console"
_COMMANDS = {
    "show": CommandSource(_VISITORS, "show", "Show how a visitor stands."),
    "ban": CommandSource(_VISITORS, "ban", "Ban a visitor."),
    "restrict": CommandSource(_VISITORS, "restrict", "Let a visitor meet only others who are restricted."),
    "watch": CommandSource(_VISITORS, "watch", "Let later reports about a visitor count more."),
    "lift": CommandSource(_VISITORS, "lift", "Let a visitor meet everybody again."),
    "appeals": CommandSource(_APPEALS, "appeals", "List the open appeals, the oldest first."),
    "answer": CommandSource(_APPEALS, "answer", "Answer an appeal against another moderator's decision."),
    "invite": CommandSource(_CONSOLE, "invite", "Print a link that lets somebody into the console."),
    "audit": CommandSource(_CONSOLE, "audit", "Check that nobody has changed the audit log."),
    "alarms": CommandSource(f"{_HERE}.alarms", "alarms", "Show how an operator is told of alarms."),
}


@click.group(cls=LazyGroup, sources=_COMMANDS)
def moderator() -> None:
    """Decide about visitors, answer appeals, and let people into the console."""
