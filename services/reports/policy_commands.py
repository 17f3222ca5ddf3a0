"""`zufall policy check` and `zufall policy replay`: what a policy says, and what it would have done."""

import argparse
import os
import sys
import time
from pathlib import Path

from services.contract.errors import Unavailable

from .database import checked, open_engine
from .histories import past_cases
from .policy import Policy, PolicyRefused, parse_policy
from .policy_file import default_policy
from .replay import Replay, replay
from .replay_table import conclusions, differences, table

DAY = 24 * 3600 * 1000


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
    past.add_argument("--days", type=int, default=90, help="how far back (default 90)")
    past.add_argument("--each", action="store_true", help="also every case that differs")
    past.add_argument(
        "--data", type=Path, default=Path(".zufall"), help="the folder of `zufall run` (default .zufall)"
    )
    past.set_defaults(handler=_replay)


def _policy(path: str) -> Policy:
    """A type for argparse."""
    try:
        return parse_policy(Path(path).read_text("utf-8"))
    except OSError as error:
        raise argparse.ArgumentTypeError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise argparse.ArgumentTypeError(f"{path}: this is no text") from None
    except PolicyRefused as refused:
        lines = "\n".join(f"  {problem}" for problem in refused.problems)
        raise argparse.ArgumentTypeError(f"{path} is no usable policy:\n{lines}") from None


async def _check(arguments: argparse.Namespace) -> int:
    policy: Policy = arguments.policy
    _say(f"{policy.version}: good, with {len(policy.steps)} actions")
    return 0


async def _replay(arguments: argparse.Namespace) -> int:
    since = time.time_ns() // 1_000_000 - arguments.days * DAY
    try:
        engine = open_engine(_database(arguments.data))
        try:
            cases = await past_cases(engine, since)
        finally:
            await engine.dispose()
    except (Unavailable, OSError, ValueError) as error:
        print(f"zufall: {error}", file=sys.stderr)  # noqa: T201 -- a command prints
        return 1
    _show(replay(cases, arguments.against or default_policy(), arguments.policy), arguments.each)
    return 0


def _database(data: Path) -> str:
    """From ZUFALL_DATABASE, or else what `zufall run` keeps in `data`."""
    file = data / "zufall.sqlite"
    url = os.environ.get("ZUFALL_DATABASE", "")
    if not url and not file.exists():
        raise OSError(f"no {file}: set ZUFALL_DATABASE, or --data to the folder of `zufall run`")
    return checked(url or f"sqlite+aiosqlite:///{file.absolute()}")


def _show(done: Replay, each: bool) -> None:
    if not done.cases:
        _say("no cases yet")
        return
    _say(table(done) + "\n")
    for sentence in conclusions(done):
        _say(sentence)
    if each:
        for line in differences(done):
            _say(line)


def _say(text: str) -> None:
    print(text)  # noqa: T201 -- a command prints
