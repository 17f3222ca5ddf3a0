"""Defines `zufall policy check` and `zufall policy replay`."""

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from services.contract.errors import Unavailable
from services.runtime.terminal import CommandFailed

from ...core import policy as policies
from ...core.policy_replay import PolicyReplay, ReplayCase
from ...core.policy_replay import replay as replay_cases
from ...core.records import DAY_MS
from ..policy_file import default_policy, read_policy, read_source
from ..storage.database import database_url, open_engine
from ..storage.past_cases import past_cases
from .replay_table import conclusions, differences, table
from .terminal import data_option


class PolicyFile(click.ParamType[policies.Policy]):
    """Parses the path of a policy in TOML with `read`, which raises `ValueError`."""

    name = "file"

    def __init__(self, read: Callable[[str], policies.Policy] = read_policy) -> None:
        self._read = read

    def convert(
        self, value: str | policies.Policy, param: click.Parameter | None, ctx: click.Context | None
    ) -> policies.Policy:
        if isinstance(value, policies.Policy):
            return value
        try:
            return self._read(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


def _in_service(path: str) -> policies.Policy:
    return read_source(path).policy


@click.group()
def policy() -> None:
    """Check the rules of triage, and try them out on past cases."""


@policy.command()
@click.argument("policy", metavar="FILE", type=PolicyFile(_in_service))
def check(policy: policies.Policy) -> None:
    """Say what is wrong with the policy in FILE, if anything."""
    click.echo(f"{policy.version}: valid, with {len(policy.thresholds)} actions")


@policy.command()
@click.argument("policy", metavar="FILE", type=PolicyFile())
@click.option("--against", type=PolicyFile(), help="The policy to compare with.  [default: the built-in one]")
@click.option(
    "--days", type=click.IntRange(1, 36_500), metavar="N", default=90, show_default=True, help="How far back."
)
@click.option("--each", is_flag=True, help="Also list every case that differs.")
@data_option
def replay(
    policy: policies.Policy, against: policies.Policy | None, days: int, each: bool, data: Path
) -> None:
    """Show what the policy in FILE would have done in past cases."""
    since = time.time_ns() // 1_000_000 - days * DAY_MS
    try:
        cases = asyncio.run(_past_cases(data, since))
    except (Unavailable, OSError, ValueError) as error:
        raise CommandFailed(str(error)) from None
    _show(replay_cases(cases, against or default_policy(), policy), each)


async def _past_cases(data: Path, since: int) -> Sequence[ReplayCase]:
    engine = open_engine(database_url(data))
    try:
        return await past_cases(engine, since)
    finally:
        await engine.dispose()


def _show(done: PolicyReplay, each: bool) -> None:
    if not done.cases:
        click.echo("no cases yet")
        return
    click.echo(table(done) + "\n")
    for sentence in conclusions(done):
        click.echo(sentence)
    if each:
        for line in differences(done):
            click.echo(line)
