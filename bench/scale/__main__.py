"""`python -m bench.scale` counts the messages of each event with few and with many real gateways."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from .events import LEAST_GATEWAYS
from .installation_costs import InstallationCosts, measure


def main() -> int:
    options = _options()
    measured = [measure(gateways, options.repetitions, options.seconds) for gateways in options.gateways]
    grown = grown_events(measured, options.margin)
    print("\n".join(table(measured, grown)))
    line = msgspec.json.encode({"installations": measured, "margin": options.margin, "grown": grown})
    if options.json:
        options.json.write_bytes(line + b"\n")
    print(f"\n{line.decode()}")
    return 1 if grown else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    parser.add_argument(
        "--gateways", type=_numbers, default=[3, 10, 50], metavar="3,10,50", help="the numbers to compare"
    )
    parser.add_argument("--repetitions", type=int, default=20, help="of every event")
    parser.add_argument("--seconds", type=float, default=15, help="for which matches are left in progress")
    parser.add_argument(
        "--margin",
        type=float,
        default=0.5,
        help="messages that an event may cost more with the most gateways",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the JSON line here too")
    return parser.parse_args()


def _numbers(text: str) -> list[int]:
    numbers = sorted(map(int, text.split(",")))
    if numbers[0] < LEAST_GATEWAYS:
        raise argparse.ArgumentTypeError(f"an installation needs {LEAST_GATEWAYS} gateways or more")
    return numbers


def grown_events(measured: Sequence[InstallationCosts], margin: float) -> list[str]:
    """Return the events that cost more messages in the last installation than in the first, by `margin`."""
    least, most = measured[0].messages, measured[-1].messages
    return [event for event in least if most[event] > least[event] + margin]


def table(measured: Sequence[InstallationCosts], grown: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a table with one column for each number of gateways."""
    yield _line("messages between gateways for each", [f"{one.gateways} gateways" for one in measured])
    for event in measured[0].messages:
        numbers = [f"{one.messages[event]:.2f}" for one in measured]
        yield _line(event, numbers) + ("  GROWS" if event in grown else "")
    yield ""
    yield _line("heartbeats delivered a second", [f"{one.heartbeats:,.0f}" for one in measured])
    for part in measured[0].cpu:
        yield _line(f"CPU of {part}, ms a second", [f"{one.cpu[part]:.1f}" for one in measured])


def _line(name: str, columns: Sequence[str]) -> str:
    return f"  {name:<40}" + "".join(f"{column:>14}" for column in columns)


if __name__ == "__main__":
    sys.exit(main())
