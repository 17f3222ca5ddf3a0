"""Says how far a run is, so that nobody has to guess whether it still works."""

import sys
from collections.abc import Sequence
from time import perf_counter


class RunProgress:
    """Writes one line to standard error for each step of each workload."""

    def __init__(self, workloads: Sequence[str]) -> None:
        self._workloads = list(workloads)
        self._begun = perf_counter()

    def __call__(self, workload: str, step: str) -> None:
        minutes, seconds = divmod(int(perf_counter() - self._begun), 60)
        part = f"part {self._workloads.index(workload) + 1} of {len(self._workloads)}"
        print(f"{minutes}:{seconds:02} {part}, {workload}: {step}", file=sys.stderr, flush=True)
