"""`zufall policy check` and `zufall policy replay`: what a policy says, and what it would have done."""

import argparse
import time

from services.contract.errors import Unavailable

from ...core.policy import Policy
from ...core.policy_replay import PolicyReplay, replay
from ...core.records import DAY_MS
from ..policy_file import default_policy, read_policy
from ..storage.database import database_url, open_engine
from ..storage.past_cases import past_cases
from .replay_table import conclusions, differences, table
from .terminal import add_data, fail, say, whole


def add_policy(parser: argparse.ArgumentParser) -> None:
    """Make `parser` the one of `zufall policy`, with its commands."""
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    check = commands.add_parser("check", help="say what is wrong with a policy, if anything")
    check.add_argument("policy", type=_policy, metavar="FILE", help="a policy in TOML")
    check.set_defaults(handler=_check)
    past = commands.add_parser("replay", help="what a policy would have done in past cases")
    past.add_argument("policy", type=_policy, metavar="FILE", help="the policy to try")
    past.add_argument(
        "--against", type=_policy, metavar="FILE", help="another one (default: the one that comes along)"
    )
    past.add_argument("--days", type=whole(36_500), default=90, help="how far back (default 90)")
    past.add_argument("--each", action="store_true", help="also every case that differs")
    add_data(past)
    past.set_defaults(handler=_replay)


def _policy(path: str) -> Policy:
    """A type for argparse."""
    try:
        return read_policy(path)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


async def _check(arguments: argparse.Namespace) -> int:
    policy: Policy = arguments.policy
    say(f"{policy.version}: good, with {len(policy.steps)} actions")
    return 0


async def _replay(arguments: argparse.Namespace) -> int:
    since = time.time_ns() // 1_000_000 - arguments.days * DAY_MS
    try:
        engine = open_engine(database_url(arguments.data))
        try:
            cases = await past_cases(engine, since)
        finally:
            await engine.dispose()
    except (Unavailable, OSError, ValueError) as error:
        return fail(error)
    _show(replay(cases, arguments.against or default_policy(), arguments.policy), arguments.each)
    return 0


def _show(done: PolicyReplay, each: bool) -> None:
    if not done.cases:
        say("no cases yet")
        return
    say(table(done) + "\n")
    for sentence in conclusions(done):
        say(sentence)
    if each:
        for line in differences(done):
            say(line)
