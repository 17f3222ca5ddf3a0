"""The page about `zufall doctor`: each of its checks, and what to do when it is not green."""

import dataclasses

from services.doctor.config import Config
from services.doctor.shell.command import PROBES
from services.runtime.config import PREFIX

_INTRODUCTION = """\
# The doctor

Written by `make generate` from services/doctor: change the checks there instead.

`zufall doctor --url https://your.example` checks an installation as visitors and their browsers meet it,
from any machine. It sends three visitors: two meet only each other, in a language that nobody speaks, and
their relays are tried out; one says nothing for a minute. On one box, `./zufall doctor` does the same in the
container of the reports service, and also looks at what only the machine sees.

Each line is green (✓), worth a look (!), red (✗) with what to do, or skipped (-) where it cannot be seen from
here. The status is 0 if nothing is red, 1 if something is, and 2 if the command makes no sense. `--json`
prints the same for programs, `--idle 10` shortens the silence, and `--address` names our own address where
the doctor cannot find it.

| check | green when | otherwise |
|---|---|---|
"""

_SETTINGS = """
## What it knows about its machine

It reads these variables, which the reports service has anyway. What is not set is not checked.

| variable | meaning |
|---|---|
"""


def page() -> str:
    """Return the page as Markdown."""
    checks = (probe.check for probe in PROBES)
    rows = "".join(f"| `{one.name}` | {one.green} | {one.advice} |\n" for one in checks)
    settings = "".join(
        f"| `{PREFIX}{field.name.upper()}` | {field.metadata['help']} |\n"
        for field in dataclasses.fields(Config)
    )
    return f"{_INTRODUCTION}{rows}{_SETTINGS}{settings}"
