"""Defines `zufall policy show`, `zufall policy check` and `zufall policy replay`."""

import asyncio
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import msgspec

from services.contract.errors import Unavailable
from services.runtime.progress import CommandProgress
from services.runtime.terminal import CommandFailed, json_option, print_json

from ...core import policy as policies
from ...core.policy_replay import PolicyReplay, ReplayCase
from ...core.policy_replay import replay as replay_cases
from ...core.records import DAY_MS
from ..policy_file import default_policy, read_policy, read_source, source_in_force
from ..storage.database import database_url, open_engine
from ..storage.past_cases import past_cases
from .replay_table import conclusions, differences, table
from .terminal import data_option, usable


class PolicyFile(click.ParamType[policies.Policy]):
    """Parses the path of a policy in TOML, which may be an old one."""

    name = "file"

    def convert(
        self, value: str | policies.Policy, param: click.Parameter | None, ctx: click.Context | None
    ) -> policies.Policy:
        if isinstance(value, policies.Policy):
            return value
        try:
            return read_policy(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.group()
def policy() -> None:
    """Show and check the rules of triage, and try them out on past cases."""


@policy.command(short_help="Print the policy in force.")
@json_option
def show(as_json: bool) -> None:
    """Print the policy in force: the file that ZUFALL_POLICY names, or else the built-in one.

    A policy of your own has all of its lines. Begin with `zufall policy show >policy.toml`.
    """
    try:
        source = source_in_force(os.environ)
    except ValueError as error:
        raise CommandFailed(str(error)) from None
    if as_json:
        print_json({"version": source.policy.version, "text": source.text})
    else:
        click.echo(source.text, nl=False)


@policy.command()
@click.argument("file")
@json_option
def check(file: str, as_json: bool) -> None:
    """Say what is wrong with the policy in FILE, if anything."""
    policy = usable(read_source, file, as_json).policy
    if as_json:
        print_json({"version": policy.version, "valid": True, "actions": len(policy.thresholds)})
        return
    click.echo(f"{policy.version}: valid, with {len(policy.thresholds)} actions")


@policy.command()
@click.argument("policy", metavar="FILE", type=PolicyFile())
@click.option("--against", type=PolicyFile(), help="The policy to compare with.  [default: the built-in one]")
@click.option(
    "--days", type=click.IntRange(1, 36_500), metavar="N", default=90, show_default=True, help="How far back."
)
@click.option("--each", is_flag=True, help="Also list every case that differs.")
@json_option
@data_option
def replay(
    policy: policies.Policy, against: policies.Policy | None, days: int, each: bool, as_json: bool, data: Path
) -> None:
    """Show what the policy in FILE would have done in past cases."""
    since = time.time_ns() // 1_000_000 - days * DAY_MS
    try:
        cases = asyncio.run(_past_cases(data, since))
    except (Unavailable, OSError, ValueError) as error:
        raise CommandFailed(str(error)) from None
    done = _replay(cases, against or default_policy(), policy)
    if as_json:
        from ..console.oversight_api import replay_view  # it loads the whole console

        click.echo(msgspec.json.encode(replay_view(done)))
    else:
        _show(done, each)


async def _past_cases(data: Path, since: int) -> Sequence[ReplayCase]:
    engine, progress = open_engine(database_url(data)), CommandProgress("reading past cases")
    try:
        return await past_cases(engine, since, progress)
    finally:
        progress.clear()
        await engine.dispose()


def _replay(cases: Sequence[ReplayCase], before: policies.Policy, after: policies.Policy) -> PolicyReplay:
    progress = CommandProgress("replaying")

    def counted() -> Iterator[ReplayCase]:
        for number, case in enumerate(cases, 1):
            yield case
            progress(number / len(cases))

    try:
        return replay_cases(counted(), before, after)
    finally:
        progress.clear()


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
