"""`zufall moderator appeals` and `zufall moderator answer`."""

import argparse
from typing import Any

from protos import reports_pb2 as pb

from .moderation_client import CALL_TIMEOUT, ModerationClient
from .terminal import add_name, describe, finish, moment, printable, say, whole


def add_appeals(commands: Any) -> None:
    """Add them to the commands of `zufall moderator`."""
    listing = commands.add_parser("appeals", help="who appeals against what, the oldest first")
    listing.add_argument("--limit", type=whole(1000), default=20, help="how many (default 20)")
    finish(listing, _list)
    answer = commands.add_parser("answer", help="decide an appeal: another moderator than who decided")
    answer.add_argument("decision", metavar="DECISION", help="as `zufall moderator appeals` shows it")
    how = answer.add_mutually_exclusive_group(required=True)
    how.add_argument("--uphold", dest="overturn", action="store_false", help="the decision stays")
    how.add_argument("--overturn", action="store_true", help="the visitor is let in again")
    answer.add_argument("--answer", required=True, metavar="TEXT", help="what the visitor is told")
    add_name(answer)
    finish(answer, _answer)


async def _list(client: ModerationClient, arguments: argparse.Namespace) -> None:
    request = pb.ListAppealsRequest(limit=arguments.limit)
    found = await client.moderation.ListAppeals(request, metadata=client.metadata, timeout=CALL_TIMEOUT)
    if not found.appeals:
        say("no open appeals")
    for appeal in found.appeals:
        by = printable(appeal.moderator) or "nobody by name"
        say(describe(appeal.decision))
        say(f"  decided by {by}: {printable(appeal.reason, 200)}")
        say(f"  appealed {moment(appeal.filed_ms)}: {printable(appeal.text, 2000)}")


async def _answer(client: ModerationClient, arguments: argparse.Namespace) -> None:
    request = pb.DecideAppealRequest(
        decision=arguments.decision,
        overturn=arguments.overturn,
        moderator=arguments.name,
        answer=arguments.answer,
    )
    say(
        describe(
            await client.moderation.DecideAppeal(request, metadata=client.metadata, timeout=CALL_TIMEOUT)
        )
    )
