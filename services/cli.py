"""`zufall`: one command for everything. A part is imported only when it is asked for."""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from services.contract.keys import new_key

SERVICES = ("signaling", "matcher", "reports")


class _Parser(argparse.ArgumentParser):
    """A command that does not know an option says how it is used itself, not what commands there are."""

    def parse_known_args(  # type: ignore[override] # an overload for each kind of namespace, for one line
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> tuple[Any, list[str]]:
        parsed, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        return parsed, unknown


def main(arguments: list[str] | None = None) -> int:
    """The exit status."""
    words = sys.argv[1:] if arguments is None else arguments
    if len(words) == 1 and words[0] in SERVICES:
        return int(import_module(f"services.{words[0]}.__main__").main())
    parsed = _parser(words).parse_args(words)
    try:
        status = int(parsed.command(parsed))
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads our output has seen enough, as `head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status


def _parser(words: list[str]) -> argparse.ArgumentParser:
    parser = _Parser(prog="zufall", description="Strangers meet by chance.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    run = commands.add_parser("run", help="start everything on this machine")
    _add_run(run)
    for name, what in (("signaling", "a gateway"), ("matcher", "a matcher replica")):
        commands.add_parser(name, help=f"start {what}, configured by ZUFALL_… variables")
    reports = commands.add_parser("reports", help="start the reports service; `list`, `backup`, `restore`")
    moderator = commands.add_parser("moderator", help="ban a visitor, lift a ban, show a standing")
    policy = commands.add_parser("policy", help="check the rules of triage, and try them on past cases")
    simulate = commands.add_parser("simulate", help="what a crowd of visitors would wait, in virtual time")
    swarm = commands.add_parser("swarm", help="send simulated browsers to gateways, and judge what they see")
    keys = commands.add_parser("keys", help="print fresh secret keys as ZUFALL_… lines")
    keys.set_defaults(command=_print_keys)
    if words[:1] in (["reports"], ["moderator"]):
        _add_moderation(reports, moderator)
    if words[:1] == ["policy"]:
        import_module("services.reports.shell.commands.policy").add_policy(policy)
        policy.set_defaults(command=lambda parsed: asyncio.run(parsed.handler(parsed)))
    if words[:1] == ["simulate"]:
        _add_from_checkout(simulate, "tools.simulation.command")
    if words[:1] == ["swarm"]:
        _add_from_checkout(swarm, "bench.swarm.command")
    return parser


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--gateways", type=int, default=2, metavar="N", help="gateway processes (default 2)")
    parser.add_argument("--matchers", type=int, default=1, metavar="N", help="matcher replicas (default 1)")
    parser.add_argument(
        "--port",
        type=int,
        default=8080,
        metavar="P",
        help="shared by all gateways (default 8080); each has its own, from the next on; then the console",
    )
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default 127.0.0.1)")
    parser.add_argument(
        "--origin", action="append", default=[], metavar="URL", help="one more origin that may connect"
    )
    parser.add_argument(
        "--data", type=Path, default=Path(".zufall"), help="database and keys (default .zufall)"
    )
    parser.add_argument(
        "--limits", choices=("on", "off"), default="on", help="off lifts every limit, for measuring only"
    )
    parser.set_defaults(command=_run)


def _add_moderation(reports: argparse.ArgumentParser, moderator: argparse.ArgumentParser) -> None:
    from services.reports.shell.commands import backup
    from services.reports.shell.commands import moderator as moderation

    listing = reports.add_subparsers(metavar="COMMAND", required=True)
    moderation.add_reports_list(listing.add_parser("list", help="what was filed, the newest first"))
    backup.add_backup(listing)
    moderation.add_moderator(moderator)
    for parser in (reports, moderator):
        parser.set_defaults(command=lambda parsed: asyncio.run(parsed.handler(parsed)))


def _add_from_checkout(parser: argparse.ArgumentParser, module: str) -> None:
    """Add a command that the image does not carry; it may need packages that no service needs."""
    try:
        import_module(module).add(parser)
    except ModuleNotFoundError as missing:
        parser.error(
            f"{missing.name} is missing: this runs in a checkout of the project, "
            "after `pip install -r requirements/development.txt`"
        )


def _run(parsed: argparse.Namespace) -> int:
    from services.local.run import run

    places = (parsed.host, parsed.port, parsed.data)
    return run(parsed.gateways, parsed.matchers, *places, parsed.limits, parsed.origin)


def _print_keys(_: argparse.Namespace) -> int:
    for name in ("ZUFALL_TOKEN_KEY", "ZUFALL_PASS_KEYS", "ZUFALL_MODERATOR_TOKEN"):
        print(f"{name}={new_key()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
