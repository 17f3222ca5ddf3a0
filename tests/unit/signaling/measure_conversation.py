"""Measures the memory of a conversation at a gateway, and the size and sealing cost of `matched`.

`python -m tests.unit.signaling.measure_conversation` prints bytes for one visitor's side of a match beyond
what their search took, after the match began and after ten lines each way.
"""

import gc
import json
import sys
import time
import tracemalloc

from services.signaling.core.messages import Chat, Next

from ...in_memory.cluster import InMemoryCluster
from ...in_memory.page import Page

PAIRS = 1_000
LINES = 10
HISTORY = (0, 64, 256)
ROUNDS = 300


def main() -> None:
    cluster = InMemoryCluster()
    here, there = cluster.hub("here"), cluster.hub("there")
    pairs = [(cluster.searching(here), cluster.searching(there)) for _ in range(PAIRS)]
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for one, other in pairs:
        cluster.meet(one, other)
        forget(one, other)
    cluster.accepted.clear()
    say(f"{used(before):6.0f} bytes a side when the match began")
    for one, other in pairs:
        talk(cluster, one, other)
    say(f"{used(before):6.0f} bytes a side after {LINES} lines each way")
    tracemalloc.stop()
    for met in HISTORY:
        weigh(met)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def used(before: int) -> float:
    gc.collect()
    return (tracemalloc.get_traced_memory()[0] - before) / (2 * PAIRS)


def forget(*pages: Page) -> None:
    """Drop what the browsers hold, which is not the gateway's memory."""
    for page in pages:
        page.frames.clear()
        page.protocol.memory, page.protocol.match = "", None


def talk(cluster: InMemoryCluster, one: Page, other: Page) -> None:
    match = one.client.session.summary.match
    for number in range(1, LINES + 1):
        for page in (one, other):
            line = Chat(match, number, f"line {number}", str(number))
            page.says(line)
    cluster.network.deliver_all()
    forget(one, other)


def weigh(met: int) -> None:
    """Print the size of `matched` after this many partners, and the CPU time of its two seals."""
    cluster = InMemoryCluster()
    here, there = cluster.hub("here"), cluster.hub("there")
    page = cluster.searching(here)
    for _ in range(met):
        stranger = cluster.searching(there)
        cluster.meet(page, stranger)
        cluster.now += 0.2
        page.says(Next())
        cluster.network.deliver_all()
        stranger.leaves()
    cluster.meet(page, cluster.searching(there))
    (frame,) = [frame for frame in page.take() if frame["type"] == "matched"][-1:]
    match_messages, me = here._messages, page.client.me
    remembered = page.client.session._record.memory(page.visitor)
    began = time.process_time()
    for _ in range(ROUNDS):
        match_messages._seal_memory(me, remembered)
    cost = (time.process_time() - began) / ROUNDS * 1e6
    size = len(json.dumps(frame, separators=(",", ":")))
    memory = len(frame["memory"])
    say(f"`matched` after {met} strangers: {size} bytes; its memory: {memory} bytes, sealed in {cost:.0f} µs")


if __name__ == "__main__":
    main()
