"""What an export says: who asked for it, who met whom, its files, who saw and decided what, and the case."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import Any

import msgspec
from msgspec import Struct

from ...core.audit_chain import AuditEntry
from ...core.readable import with_readable_times
from .audit_search import entry_view
from .views import AuditEntryView, CaseView

FORMAT = "zufall case export 1"


class ExportRequest(Struct, frozen=True):
    """Why somebody exports a case, and for whom. Times are also given in `zone`, if there is one."""

    reason: str
    recipient: str
    zone: str


class ExportNote(Struct, frozen=True):
    """An export. Times are in Unix milliseconds."""

    format: str
    version: str
    site: str
    case: str
    exported_at: int
    exported_by: str
    reason: str
    recipient: str
    zone: str


class ReportedMatch(Struct, frozen=True):
    """This says who met whom in the match of a report, and when."""

    report: str
    match: str
    reporter: str
    accused: str
    match_started_at: int
    reported_at: int


class ExportedFile(Struct, frozen=True):
    """A picture in the archive.

    `kind` is `picture` (encoded anew by the service) or `original` (as the browser sent it). `unchanged`
    tells whether the file still has the digest that was stored with it. `original_sha256` is of what the
    browser sent, and `known_to` names a list of illegal pictures that has it.
    """

    path: str
    kind: str
    report: str
    number: int
    size: int
    sha256: str
    unchanged: bool
    original_sha256: str
    known_to: str


class Custody(Struct, frozen=True):
    """All looks at the case and all acts, the oldest first. The last one is this export.

    `head` is the number and the hash of the last entry. `zufall moderator audit --head` checks at the
    installation that its log still has it, with all that came before.
    """

    head: str
    entries: Sequence[AuditEntryView]


class _Export(Struct, frozen=True):
    """What `case.json` says. `more_reports` names files with the reports that `case` has no room for."""

    export: ExportNote
    meetings: Sequence[ReportedMatch]
    files: Sequence[ExportedFile]
    custody: Custody
    case: CaseView
    more_reports: Sequence[str]


def custody(entries: Sequence[AuditEntry]) -> Custody:
    """Return the chain of custody from at least one entry."""
    views = [entry_view(one) for one in entries]
    return Custody(f"{views[-1].sequence}:{views[-1].hash}", views)


def document(
    note: ExportNote,
    meetings: Sequence[ReportedMatch],
    files: Sequence[ExportedFile],
    looks: Custody,
    case: CaseView,
    more_reports: Sequence[str],
    zone: tzinfo | None,
) -> dict[str, Any]:
    """Return the content of `case.json`, with readable times."""
    found = msgspec.to_builtins(_Export(note, meetings, files, looks, case, more_reports))
    return dict(with_readable_times(found, zone))
