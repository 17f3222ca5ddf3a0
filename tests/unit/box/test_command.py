"""`./zufall` runs on a fresh machine, and names what it does not understand."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_it_needs_no_package() -> None:
    """`-S` leaves out everything that was installed."""
    done = subprocess.run(
        [sys.executable, "-S", "zufall", "help"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "./zufall COMMAND" in done.stdout


def test_every_variable_that_it_reads_is_documented() -> None:
    compose = [*ROOT.glob("deploy/compose.yaml"), *ROOT.glob("deploy/monitoring/compose.yaml")]
    read = set(re.findall(r"\$\{(ZUFALL_\w+)", "".join(file.read_text() for file in compose)))
    box = "".join(file.read_text() for file in ROOT.glob("deploy/box/*.py"))
    read |= set(re.findall(r'settings(?:\.get\(|\[)"(ZUFALL_\w+)"', box))
    pages = "".join(page.read_text() for page in ROOT.glob("docs/*.md"))
    assert len(read) > 20
    assert read - set(re.findall(r"^\| `(ZUFALL_\w+)` \|", pages, re.MULTILINE)) == set()
