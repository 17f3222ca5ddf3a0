"""What all commands have: JSON for programs, a quick help that names settings, and refusals that help."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from services.cli import zufall
from services.contract.keys import parse_ring

NO_JSON = {
    "run": "it runs until Ctrl-C",
    "signaling": "a service",
    "matcher": "a service",
    "swarm": "it runs for minutes and tells of them; --history writes JSON lines",
}
"""Commands that print nothing that a program would read, and why."""


def leaves(group: click.Group, *names: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from leaves(command, *names, name)
        else:
            yield " ".join((*names, name)), command


COMMANDS = dict(leaves(zufall))


@pytest.mark.parametrize("name", sorted(COMMANDS.keys() - NO_JSON.keys()))
def test_every_command_that_prints_something_prints_json(name: str) -> None:
    options = [option for parameter in COMMANDS[name].params for option in parameter.opts]
    assert "--json" in options


def test_the_exceptions_are_commands() -> None:
    assert NO_JSON.keys() <= COMMANDS.keys()
    assert len(COMMANDS) > 25


@pytest.mark.parametrize("words", [["signaling"], ["matcher"], ["reports"], ["backups"]])
def test_the_help_of_a_service_says_where_its_settings_are_listed(words: list[str]) -> None:
    told = CliRunner().invoke(zufall, [*words, "--help"]).output
    assert "docs/configuration.md lists" in " ".join(told.split())


def test_the_version_is_told() -> None:
    assert re.fullmatch(r"zufall \d+\.\d+\.\d+ \(\w+.*\)\n", CliRunner().invoke(zufall, ["--version"]).output)


@pytest.mark.parametrize(
    "words", [["reports", "list", "--help"], ["moderator", "show", "--help"], ["moderator"], ["--help"]]
)
def test_a_help_text_loads_no_heavy_package(words: list[str]) -> None:
    program = (
        "import sys; from services.cli import main; main(sys.argv[1:]); "
        "print(*sys.modules.keys() & {'grpc', 'sqlalchemy', 'aiohttp', 'alembic', 'prometheus_client'})"
    )
    done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == ""


def test_keys_are_printed_as_json_too() -> None:
    made = json.loads(CliRunner().invoke(zufall, ["keys", "--json"]).output)
    assert all(parse_ring(key) for key in made.values())
    assert "ZUFALL_CONSOLE_KEYS" in made


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["moderator", "answer", "D", "--overturn", "--answer", "x"], "say who answers with --as NAME"),
        (["moderator", "show", "abc"], "`zufall reports list` shows such ids"),
        (["moderator", "show", "1P0u6vW-…"], "`zufall reports list` shows such ids"),
        (["moderator", "ban", "V" * 22, "--rule", "spam", "--for", "999999999d"], "write permanent"),
        (["certificates", "x", "--days", "0"], "1<=x<=3650"),
    ],
)
def test_a_refusal_says_what_to_type(words: list[str], says: str) -> None:
    done = CliRunner().invoke(zufall, words)
    assert (done.exit_code, says in done.output) == (2, True), done.output
