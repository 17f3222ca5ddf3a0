"""Watches the pods of a workload, and reads from that how a rollout went."""

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from ..manifests import Object
from .rendering import condition, name_of
from .stand_ins import StandIn


class PodEvents:
    """The events of the pods of one workload, in the order of the API server."""

    def __init__(self, there: int, events: Sequence[Object]) -> None:
        """`there`: how many pods there were at first; as many first events only tell of them."""
        self.steps = list(_steps(events))[there - 1 :]
        """After each event, the pods that were not being deleted."""
        self.last = {event["object"]["metadata"]["uid"]: event["object"] for event in events}
        """The last state of each pod that the watch told."""
        self._first = {event["object"]["metadata"]["uid"] for event in events[:there]}

    @property
    def fewest_ready(self) -> int:
        return min(sum(is_ready(pod) for pod in pods) for pods in self.steps)

    @property
    def most_pods(self) -> int:
        return max(map(len, self.steps))

    @property
    def deleted(self) -> list[Object]:
        """The pods that were there at first and were deleted, the first one first."""
        gone = [self.last[uid] for uid in self._first if "deletionTimestamp" in self.last[uid]["metadata"]]
        return sorted(gone, key=deleted_at)

    @property
    def came(self) -> list[Object]:
        """The pods that came and are ready, the first one to be ready first."""
        new = [pod for uid, pod in self.last.items() if uid not in self._first and is_ready(pod)]
        return sorted(new, key=ready_at)


def _steps(events: Sequence[Object]) -> Iterator[list[Object]]:
    pods: dict[str, Object] = {}
    for event in events:
        pod = event["object"]
        pods.pop(pod["metadata"]["uid"], None)
        if event["type"] != "DELETED" and "deletionTimestamp" not in pod["metadata"]:
            pods[pod["metadata"]["uid"]] = pod
        yield list(pods.values())


def is_ready(pod: Object) -> bool:
    return condition(pod, "Ready").get("status") == "True"


def ready_at(pod: Object) -> datetime:
    return datetime.fromisoformat(condition(pod, "Ready")["lastTransitionTime"])


def deleted_at(pod: Object) -> datetime:
    """Return when the deletion was asked for: the server writes when the grace ends."""
    metadata = pod["metadata"]
    grace = timedelta(seconds=metadata["deletionGracePeriodSeconds"])
    return datetime.fromisoformat(metadata["deletionTimestamp"]) - grace


@contextmanager
def watched(one: StandIn, file: Path) -> Iterator[list[Object]]:
    """Watch the pods of a stand-in. The list has all events when the context ends."""
    events: list[Object] = []
    labels = one.workload["spec"]["selector"]["matchLabels"]
    selector = ",".join(f"{key}={value}" for key, value in labels.items())
    command = one.kubectl.command(
        "get", "pods", "--selector", selector, "--watch", "--output-watch-events", "--output", "json"
    )
    with file.open("wb") as out, subprocess.Popen(command, stdout=out) as watch:
        try:
            one.until(lambda: len(_read(file)) >= one.replicas, 30)
            yield events
        finally:
            watch.terminate()
    events += _read(file)


def _read(file: Path) -> list[Object]:
    """Return the objects that are in the file as a whole."""
    text, events, decoder = file.read_text().strip(), [], json.JSONDecoder()
    while text:
        try:
            event, end = decoder.raw_decode(text)
        except json.JSONDecodeError:
            break
        events.append(event)
        text = text[end:].lstrip()
    return events


def names(pods: Sequence[Object]) -> list[str]:
    return [name_of(pod) for pod in pods]
