"""The metrics of backups. What is known of files is read from the folder, so a restart forgets nothing."""

from collections.abc import Iterator

from prometheus_client import Counter
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from .folder import BackupFolder

KINDS = ("backup", "copy", "drill")

FAILURES = Counter(
    "zufall_backup_failures",
    "Counts jobs that failed: `backup`, `copy` or `drill`. Each is tried again after a quarter of an hour.",
    ["kind"],
)
for _kind in KINDS:
    FAILURES.labels(_kind)  # a series that is there from the start shows its first increase


class FolderCollector(Collector):
    """Reads the folder each time that somebody asks."""

    def __init__(self, folder: BackupFolder) -> None:
        self._folder = folder

    def collect(self) -> Iterator[GaugeMetricFamily]:
        newest, drill = self._folder.newest(), self._folder.last_drill()
        yield GaugeMetricFamily(
            "zufall_backup_last_success_timestamp_seconds",
            "Shows when the newest backup was made, in Unix seconds, and 0 while there is none.",
            value=newest.made_at.timestamp() if newest else 0,
        )
        yield GaugeMetricFamily(
            "zufall_backup_last_drill_timestamp_seconds",
            "Shows when a backup was last restored and found whole, in Unix seconds, and 0 until then.",
            value=drill.timestamp() if drill else 0,
        )
        yield GaugeMetricFamily(
            "zufall_backup_bytes", "Shows the size of the newest backup.", value=newest.size if newest else 0
        )
