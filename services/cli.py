"""`zufall`: one command for everything. The module of a command is imported only when somebody uses it."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import click

from services.contract.keys import Key, new_key, parse_ring
from services.contract.log_hashes import LogHasher
from services.contract.version import VERSION
from services.runtime.build import REVISION
from services.runtime.config import ConfigError, load, setting
from services.runtime.lazy_group import CommandSource, LazyGroup
from services.runtime.terminal import SETTINGS, json_option, print_json

_REPORTS = "services.reports.shell.commands"
_COMMANDS = {
    "run": CommandSource(
        "services.local.command",
        "run",
        "Start everything on this machine.",
    ),
    "signaling": CommandSource(
        "services.signaling.__main__",
        "main",
        "Start a gateway.",
    ),
    "matcher": CommandSource(
        "services.matcher.__main__",
        "main",
        "Start a matcher replica.",
    ),
    "reports": CommandSource(
        f"{_REPORTS}.reports",
        "reports",
        "Start the reports; list, show, export, backup, restore.",
    ),
    "backups": CommandSource(
        "services.backups.shell.commands.backups",
        "backups",
        "Start the backups; now, list, drill, restore.",
    ),
    "migrate": CommandSource(
        f"{_REPORTS}.migrate",
        "migrate",
        "Update the schema of the database, before an update.",
    ),
    "moderator": CommandSource(
        f"{_REPORTS}.moderator",
        "moderator",
        "Ban and show visitors, answer appeals, invite.",
    ),
    "revoke-token": CommandSource(
        f"{_REPORTS}.tokens",
        "revoke_token",
        "Refuse a visitor's token that was stolen.",
    ),
    "policy": CommandSource(
        f"{_REPORTS}.policy",
        "policy",
        "Show and check the rules of triage, and try them out.",
    ),
    "statements": CommandSource(
        f"{_REPORTS}.statements",
        "statements",
        "Show and check what visitors are told.",
    ),
    "doctor": CommandSource(
        "services.doctor.shell.command",
        "doctor",
        "Check an installation, and say what to do.",
    ),
    "simulate": CommandSource(
        "tools.simulation.command",
        "simulate",
        "Show how long visitors would wait.",
    ),
    "swarm": CommandSource(
        "bench.swarm.command",
        "swarm",
        "Send simulated browsers and check what they see.",
    ),
    "certificates": CommandSource(
        "services.local.command",
        "certificates",
        "Make certificates for connections between services.",
    ),
    "keys": CommandSource(
        "services.cli",
        "keys",
        "Print fresh secret keys as ZUFALL_… lines.",
    ),
    "log-hash": CommandSource(
        "services.cli",
        "log_hash",
        "Print how a visitor or a match is named in the logs.",
    ),
}
_SERVICES = ("signaling", "matcher")
_CHECKOUT_ONLY = ("bench", "tools")


class _Commands(LazyGroup):
    """The commands, of which some are not in a wheel, and some are services, which have no options."""

    def load(self, name: str, source: CommandSource) -> click.Command:
        try:
            found: Any = super().load(name, source)
        except ModuleNotFoundError as missing:
            if not source.module.startswith(_CHECKOUT_ONLY):
                raise
            raise click.UsageError(
                f"{missing.name} is missing: `zufall {name}` runs in a checkout of the project, "
                "after `pip install -r requirements/development.txt`"
            ) from None
        if name not in _SERVICES:
            return cast(click.Command, found)
        return click.Command(name, callback=found, help=f"{source.summary}\n\n{SETTINGS}")


@click.group(cls=_Commands, sources=_COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(f"{VERSION} ({REVISION})", message="zufall %(version)s")
def zufall() -> None:
    """Strangers meet by chance for a video, audio or text conversation in the browser."""


_KEYS = ("ZUFALL_TOKEN_KEYS", "ZUFALL_PASS_KEYS", "ZUFALL_CONSOLE_KEYS", "ZUFALL_MODERATOR_TOKEN")


@click.command()
@json_option
def keys(as_json: bool) -> int:
    """Print fresh secret keys as ZUFALL_… lines."""
    made = {name: new_key() for name in _KEYS}
    if as_json:
        print_json(made)
    else:
        click.echo("\n".join(f"{name}={key}" for name, key in made.items()))
    return 0


@dataclass(frozen=True, slots=True)
class _HashConfig:
    pass_keys: tuple[Key, ...] = setting("the key ring of the gateways", parse=parse_ring)


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID…")
@json_option
def log_hash(ids: tuple[str, ...], as_json: bool) -> int:
    """Print the hashes that stand for the IDs of visitors, matches and cases in logs and traces.

    It reads ZUFALL_PASS_KEYS, like a gateway. The first key of the ring makes the hashes, so lines that were
    logged before it was there have others.
    """
    try:
        hasher = LogHasher(load(_HashConfig, os.environ).pass_keys)
    except ConfigError as error:
        raise click.UsageError(str(error)) from None
    hashes = {id: hasher.hash(id) for id in ids}
    if as_json:
        print_json(hashes)
    else:
        click.echo("\n".join(hashes.values()))
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its status: 0 done, 1 not possible, 2 makes no sense, 130 interrupted."""
    try:
        status = zufall.main(arguments, prog_name="zufall", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        return 130
    except BrokenPipeError:  # the reader of our output has seen enough, as `head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return int(status or 0)


if __name__ == "__main__":
    sys.exit(main())
