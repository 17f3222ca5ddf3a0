"""Gives random inputs to every parser for some minutes: `python -m tests.fuzz --minutes 5 --only message`.

An input that fails is printed in its shortest form. Put it into the parser's folder of the corpus.
"""

import argparse
import sys
import time
from dataclasses import dataclass

from hypothesis import HealthCheck, given, seed, settings

from .inputs import inputs
from .parsers import PARSERS, Parser

_AT_ONCE = 1000
"""Inputs between two looks at the clock."""


@dataclass(slots=True)
class Count:
    """What one parser was given. `seconds` are of CPU."""

    inputs: int = 0
    accepted: int = 0
    seconds: float = 0.0


def fuzz(parser: Parser, seconds: float, first_seed: int) -> Count:
    """Give inputs to a parser until it has used so many seconds of CPU."""
    count, began = Count(), time.process_time()
    while count.seconds < seconds:
        _round(parser, count, first_seed + count.inputs)
        count.seconds = time.process_time() - began
    return count


def _round(parser: Parser, count: Count, number: int) -> None:
    @seed(number)
    @settings(max_examples=_AT_ONCE, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(inputs(parser.name))
    def raises_nothing_else(data: bytes) -> None:
        count.inputs += 1
        count.accepted += parser.accepts(data)

    raises_nothing_else()


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=5.0, help="of CPU for all parsers together")
    options.add_argument("--only", choices=[parser.name for parser in PARSERS])
    options.add_argument("--seed", type=int, default=time.time_ns() % 2**32)
    given_options = options.parse_args()
    chosen = [parser for parser in PARSERS if given_options.only in (None, parser.name)]
    print(f"seed {given_options.seed}")
    total = Count()
    for parser in chosen:
        count = fuzz(parser, given_options.minutes * 60 / len(chosen), given_options.seed)
        _print_row(parser.name, count)
        total.inputs += count.inputs
        total.accepted += count.accepted
        total.seconds += count.seconds
    _print_row("all", total)
    return 0


def _print_row(name: str, count: Count) -> None:
    print(f"{name:18} {count.inputs:9,} inputs {count.accepted:9,} accepted {count.seconds:7.1f} s of CPU")


if __name__ == "__main__":
    sys.exit(main())
