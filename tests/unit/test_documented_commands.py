"""Every command in README.md and docs/*.md is one that its program accepts, and every block has a class.

Commands of ours are parsed by their own parsers. Those of others need a cluster, root or a domain, so only
what they name of the project is checked. `tests/integration/test_backup.py` and others run some for real.
"""

import json
import re
import shutil
import subprocess

import click
import pytest
import yaml

from services.runtime.setting_names import NAMES

from .documented_commands import DocumentBlock, blocks, check, commands

ASSIGNMENT = re.compile(r"ZUFALL_\w+=\S+")

NO_COMMANDS = {
    "README.md: browser ──wss──► gateways": "a picture",
    "docs/architecture.md: browser ──wss──► gateway": "a picture",
    "docs/backups.md: WHAT": "output of a command",
    "docs/branding.md: <!doctype html>": "HTML",
    "docs/http-api.md: zufall device proof": "the text of a proof",
    "docs/matching.md: AssertionError": "output of a test",
    "docs/moderation-operations.md: POST /hook HTTP/1.1": "an HTTP request",
    "docs/triage.md: report: points × factors ─┐": "a picture",
    "docs/operations.md:             80, 443": "a picture",
    "docs/regions.md: server_name": "a configuration of NATS",
    "docs/relay.md: table inet zufall": "rules of nftables",
    "docs/services.md: location / {": "a configuration of nginx",
    "docs/services.md: limit_conn_zone": "a configuration of nginx",
    "docs/tracing.md: begin ": "output of a command",
    "docs/triage.md:             actions": "output of a command",
}
"""Blocks that hold no command, by how they begin."""

ALL = list(blocks())


def name(block: DocumentBlock) -> str:
    return block.name


def is_declared(block: DocumentBlock) -> bool:
    return any(block.name.startswith(begin) for begin in NO_COMMANDS)


def is_yaml(block: DocumentBlock) -> bool:
    return bool(re.match(r"(# k8s/.*|[\w-]+:( .*)?)$", block.lines[0])) and not is_declared(block)


def is_settings(block: DocumentBlock) -> bool:
    return all(ASSIGNMENT.fullmatch(line) for line in block.lines)


def is_data(block: DocumentBlock) -> bool:
    is_other = block.language in ("html", "js", "json", "mermaid")
    return is_other or is_yaml(block) or is_settings(block) or is_declared(block)


COMMANDS = [block for block in ALL if not is_data(block)]


def test_the_pages_have_as_many_blocks_as_they_had() -> None:
    assert len(ALL) > 100, "or no block was found any more"
    assert len(COMMANDS) > 40
    unused = [begin for begin in NO_COMMANDS if not any(block.name.startswith(begin) for block in ALL)]
    assert not unused


@pytest.mark.parametrize("block", COMMANDS, ids=name)
def test_each_command_is_one_that_its_program_accepts(block: DocumentBlock) -> None:
    bash = shutil.which("bash")
    assert bash is not None
    if not block.is_dialogue:
        script = "\n".join(block.lines)
        parsed = subprocess.run([bash, "-n"], input=script, text=True, capture_output=True, check=False)
        assert parsed.returncode == 0, parsed.stderr
    found = list(commands(block))
    assert found, "a block without a command is declared in NO_COMMANDS"
    for words in found:
        check(words)


@pytest.mark.parametrize("block", [block for block in ALL if is_settings(block)], ids=name)
def test_each_setting_of_a_block_is_known(block: DocumentBlock) -> None:
    assert {line.partition("=")[0] for line in block.lines} <= NAMES


@pytest.mark.parametrize("block", [block for block in ALL if is_yaml(block)], ids=name)
def test_each_block_of_yaml_is_yaml(block: DocumentBlock) -> None:
    assert isinstance(yaml.safe_load("\n".join(block.lines)), dict)


@pytest.mark.parametrize("block", [block for block in ALL if block.language == "json"], ids=name)
def test_each_block_of_json_is_json(block: DocumentBlock) -> None:
    assert isinstance(json.loads("\n".join(block.lines)), dict)


@pytest.mark.parametrize(
    "line",
    [
        "zufall simulat",
        "zufall moderator ban --for 1h --rule nudity",
        "zufall moderator ban VISITOR --for 1h --rule nudty",
        "zufall reports list --limt 5",
        "zufall run --port",
        "./zufall upp",
        "make tests",
        "make faults MINUTE=3",
        "python -m bench",
        ".venv/bin/python -m bench --quickly",
        "kubectl apply -k k8s/overlays/none",
        "kubectl -n zufall rollout status deployment/gateways",
        "kubectl -n zufall exec deployment/reports -- zufall moderater invite NAME",
        "docker compose exec report ls",
        "a-new-program --option",
    ],
)
def test_a_command_that_would_fail_is_noticed(line: str) -> None:
    (words,) = commands(DocumentBlock("page", "", (line,)))
    with pytest.raises((AssertionError, click.ClickException, ModuleNotFoundError)):
        check(words)
