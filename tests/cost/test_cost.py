"""A session costs at most so many times the CPU that it costs in one Socket.IO process, in the same run.

Both are measured in turns, so a slow machine slows both. `make bench` measures more, and for longer.
"""

import subprocess
import sys
from pathlib import Path

import msgspec

from ..timing import scaled

ROOT = Path(__file__).parents[2]
CHOICES = ("--products", "zufall,single", "--workloads", "paced", "--rounds", "3", "--seconds", "2")

MOST = 4.4
"""The ratio was 3.05, 3.12, 3.27 and 3.47 in four runs. At twice our cost it would be above 6."""

ATTEMPTS = 3
"""Runs until one stays within the bound. Noise of the machine raises some, and a doubled cost raises all."""


def test_a_session_costs_a_bounded_multiple_of_one_socket_io_process(tmp_path: Path) -> None:
    ratios: list[float] = []
    while len(ratios) < ATTEMPTS and not any(ratio <= MOST for ratio in ratios):
        ratios.append(measured_ratio(tmp_path / "figures.json"))
    assert min(ratios) <= MOST, f"it costs {ratios} times as much"


def measured_ratio(file: Path) -> float:
    """Return our CPU for a session divided by Socket.IO's: the median over the rounds of one run."""
    command = [sys.executable, "-m", "bench", *CHOICES, "--json", str(file)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=scaled(120))
    assert run.returncode == 0, run.stdout + run.stderr
    return float(msgspec.json.decode(file.read_bytes())["ratios"]["paced"]["zufall / single"])
