"""The list of all metrics, from the collectors of each service."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import prometheus_client
from prometheus_client import CollectorRegistry
from prometheus_client.registry import Collector

from services.backups.shell import metrics as backups
from services.backups.shell.folder import BackupFolder
from services.matcher.core.stages import Stages
from services.matcher.core.waiting_room import WaitingRoom
from services.matcher.shell.metrics import Metrics, pool_gauges
from services.reports.shell import metrics as reports
from services.runtime import database_metrics, nats_metrics, tls
from services.runtime import metrics as runtime
from services.signaling.shell import metrics as gateway

INTRODUCTION = """\
# Metrics

Written by `make generate` from `services/*/shell/metrics.py` and `services/runtime`: change those instead.

Each process serves its metrics at `/metrics` on its admin port ([probes](services.md#probes)). No label
says anything about a person, and each has few values. Times are in seconds, sizes in bytes. Counters begin at
0 when a process starts. A histogram `x` has the series `x_bucket`, `x_sum` and `x_count`. A test compares
this list with what running services show.
"""


class Family(NamedTuple):
    """One metric with all its series. `name` is that of its series, but without the endings of histograms."""

    name: str
    kind: str
    labels: tuple[str, ...]
    help: str


class Group(NamedTuple):
    """Metrics that the same services have."""

    title: str
    services: tuple[str, ...]
    collectors: Sequence[Collector]


def _of(holder: object) -> list[Collector]:
    """Return the collectors that a module or an object holds."""
    return list(dict.fromkeys(filter(_is_collector, vars(holder).values())))


def _is_collector(thing: Any) -> bool:
    """Return whether this is a metric, and not one of its children, a class or the registry."""
    other = isinstance(thing, type | CollectorRegistry) or bool(getattr(thing, "_labelvalues", ()))
    return hasattr(thing, "collect") and not other


_LIBRARY = [
    prometheus_client.PROCESS_COLLECTOR,
    prometheus_client.PLATFORM_COLLECTOR,
    prometheus_client.GC_COLLECTOR,
]

_BACKUPS = [*_of(backups), backups.FolderCollector(BackupFolder(Path("nowhere")))]
_MATCHER = [*_of(Metrics(CollectorRegistry())), *pool_gauges(WaitingRoom(Stages()))]

ALL = ("gateway", "matcher", "reports", "backups")
GROUPS = (
    Group("Every service", ALL, _of(runtime)),
    Group(
        "Services with a certificate: gateways, the matcher and reports",
        ("gateway", "matcher", "reports"),
        [tls.EXPIRY],
    ),
    Group("Services that use NATS: gateways and reports", ("gateway", "reports"), _of(nats_metrics)),
    Group("Services that use the database: reports", ("reports",), _of(database_metrics)),
    Group("Gateways", ("gateway",), _of(gateway)),
    Group("The matcher", ("matcher",), _MATCHER),
    Group("The reports service", ("reports",), _of(reports)),
    Group("The service of backups", ("backups",), _BACKUPS),
    Group("The process itself, in every service", ALL, _LIBRARY),
)


def families(service: str) -> list[Family]:
    """Return the metrics of a service."""
    groups = (group for group in GROUPS if service in group.services)
    return [family for group in groups for one in group.collectors for family in _families(one)]


def page() -> str:
    """Return the page in Markdown."""
    return "\n".join([INTRODUCTION, *map(_section, GROUPS)])


def _families(collector: Collector) -> Iterator[Family]:
    for metric in collector.collect():
        # The library tells the names of labels to nobody.
        labels = getattr(collector, "_labelnames", ()) or getattr(metric, "_labelnames", ())
        name = f"{metric.name}_total" if metric.type == "counter" else metric.name
        yield Family(name, metric.type, tuple(labels), metric.documentation)


def _section(group: Group) -> str:
    found = sorted(family for one in group.collectors for family in _families(one))
    rows = (f"| `{_shown(one)}` | {one.kind} | {one.help.replace('|', '&#124;')} |" for one in found)
    return "\n".join([f"## {group.title}\n", "| metric | kind | |", "|---|---|---|", *rows, ""])


def _shown(family: Family) -> str:
    return f"{family.name}{{{','.join(family.labels)}}}" if family.labels else family.name
