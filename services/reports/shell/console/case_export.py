"""Exports a case as a signed archive. The audit log records it before a byte is sent."""

import hashlib
import io
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.contract.errors import InvalidRequest
from services.contract.ids import CaseId
from services.contract.version import VERSION

from ...core.actor import Actor
from ...core.audit_chain import AuditEntry, AuditEvent
from ...core.case_page import case_page
from ...core.readable import extension_of, with_readable_times
from ...core.records import OriginalUpload, StoredPicture
from ..ports import PictureStore
from ..storage.audit_log import AuditWriter
from ..storage.database import for_writing, raising_unavailable
from ..storage.tables import audit, decisions, evidence, notes, report_uploads, reports
from .case_queries import further_reports
from .export_document import FORMAT, ExportedFile, ExportNote, ExportRequest, ReportedMatch, custody, document
from .export_signature import ExportKey
from .views import CaseView

_EXPORTED = "case.exported"
SUMS, SIGNATURE, KEY = "SHA256SUMS", "SHA256SUMS.sig", "signature-key.pem"
"""The names of the files that prove the others."""


class SqlCaseExport:
    """Makes archives. It raises `Unavailable`, and `InvalidRequest` for a zone that is none."""

    def __init__(
        self, engine: AsyncEngine, pictures: PictureStore, audit: AuditWriter, key: ExportKey, site: str
    ) -> None:
        self._engine = engine
        self._writer = for_writing(engine)
        self._pictures = pictures
        self._audit = audit
        self._key = key
        self._site = site

    async def export(self, case: CaseView, asked: ExportRequest, actor: Actor) -> AsyncIterator[bytes]:
        """Record the export, and return the parts of a ZIP file.

        It comes in parts with one picture in memory at a time, because a large case has gigabytes. Reports
        for which a case has no room stand in files of their own, some hundred in each.
        """
        zone = _zone(asked.zone)
        with raising_unavailable():
            async with self._writer.begin() as connection:
                count = str(1 + await _count_files(connection, case))
                details = {"reason": asked.reason, "recipient": asked.recipient, "files": count}
                event = AuditEvent(actor.now, actor.name, _EXPORTED, case.id, details)
                await self._audit.append(connection, event)
            async with self._engine.connect() as connection:
                looks = await _looks(connection, case)
                meetings = await _meetings(connection, case)
        note = ExportNote(
            FORMAT,
            VERSION,
            self._site,
            case.id,
            actor.now,
            actor.name,
            asked.reason,
            asked.recipient,
            asked.zone,
        )
        return self._parts(case, note, meetings, looks, zone)

    async def _parts(
        self,
        case: CaseView,
        note: ExportNote,
        meetings: list[ReportedMatch],
        looks: list[AuditEntry],
        zone: tzinfo | None,
    ) -> AsyncIterator[bytes]:
        archive, files = _SignedZip(note.exported_at, self._key), []
        async for file, content in self._files(case):
            files.append(file)
            archive.add(file.path, content)
            yield archive.drain()
        more: list[str] = []
        async for page in further_reports(self._engine, case):
            more.append(f"reports/{len(more) + 1}.json")
            archive.add(more[-1], _as_json(with_readable_times(msgspec.to_builtins(page), zone)))
            yield archive.drain()
        told = document(note, meetings, files, custody(looks), case, more, zone)
        archive.add("case.json", _as_json(told))
        archive.add("case.html", case_page(f"Case {case.id} ({self._site})", told).encode())
        yield archive.drain()
        archive.close()
        yield archive.drain()

    async def _files(self, case: CaseView) -> AsyncIterator[tuple[ExportedFile, bytes]]:
        async for shown in self._pictures.of_case(CaseId(case.id)):
            yield _picture_file(shown), shown.picture.content
        async for sent in self._pictures.originals(CaseId(case.id)):
            yield _original_file(sent), sent.content


class _SignedZip:
    """A ZIP file that is read while it is written, and ends with the digests of its files and a signature."""

    def __init__(self, made_at: int, key: ExportKey) -> None:
        self._sink = _ZipBuffer()
        self._archive = zipfile.ZipFile(self._sink, "w")
        self._made = datetime.fromtimestamp(made_at // 1000, UTC).timetuple()[:6]
        self._key = key
        self._sums: list[str] = []

    def add(self, path: str, content: bytes) -> None:
        self._sums.append(f"{hashlib.sha256(content).hexdigest()}  {path}\n")
        self._write(path, content)

    def close(self) -> None:
        sums = "".join(self._sums).encode()
        self._write(SUMS, sums)
        self._write(SIGNATURE, self._key.sign(sums))
        self._write(KEY, self._key.public.pem)
        self._archive.close()

    def drain(self) -> bytes:
        return self._sink.drain()

    def _write(self, path: str, content: bytes) -> None:
        self._archive.writestr(zipfile.ZipInfo(path, self._made), content)


class _ZipBuffer(io.RawIOBase):
    """A file for `zipfile` that is read as it is written."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, part: "bytes | memoryview") -> int:  # type: ignore[override]
        self._parts.append(bytes(part))
        return len(part)

    def drain(self) -> bytes:
        taken, self._parts = b"".join(self._parts), []
        return taken


def _as_json(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2)


def _picture_file(shown: StoredPicture) -> ExportedFile:
    content, digest = shown.picture.content, hashlib.sha256(shown.picture.content).digest()
    return ExportedFile(
        path=f"pictures/{shown.report}-{shown.number}.{extension_of(content)}",
        kind="picture",
        report=shown.report,
        number=shown.number,
        size=len(content),
        sha256=digest.hex(),
        unchanged=digest == shown.picture.sha256,
        original_sha256=shown.picture.original_sha256.hex(),
        known_to=shown.known,
    )


def _original_file(sent: OriginalUpload) -> ExportedFile:
    digest = hashlib.sha256(sent.content).digest()
    return ExportedFile(
        path=f"originals/{sent.report}-{sent.number}.{extension_of(sent.content)}",
        kind="original",
        report=sent.report,
        number=sent.number,
        size=len(sent.content),
        sha256=digest.hex(),
        unchanged=digest == sent.sha256,
        original_sha256=digest.hex(),
        known_to="",
    )


def _zone(name: str) -> tzinfo | None:
    """Return the zone with this name of the IANA's database; raise `InvalidRequest`."""
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidRequest("a zone is a name such as Europe/Berlin") from None


async def _looks(connection: AsyncConnection, case: CaseView) -> list[AuditEntry]:
    """Return the entries of the audit log about the case, up to this export."""
    its_reports = sa.select(reports.c.id).where(reports.c.case_id == case.id)
    its_decisions = sa.select(decisions.c.id).where(decisions.c.case_id == case.id)
    its_notes = sa.select(notes.c.id).where(notes.c.case_id == case.id)
    this = sa.select(sa.func.max(audit.c.sequence)).where(
        audit.c.subject == case.id, audit.c.action == _EXPORTED
    )
    about = (
        audit.c.subject.in_([case.id, case.accused])
        | audit.c.subject.in_(its_reports)
        | audit.c.subject.in_(its_decisions)
        | audit.c.subject.in_(its_notes)
    )
    found = sa.select(audit).where(about, audit.c.sequence <= this.scalar_subquery())
    rows = await connection.execute(found.order_by(audit.c.sequence))
    return [AuditEntry(**row._mapping) for row in rows]


async def _meetings(connection: AsyncConnection, case: CaseView) -> list[ReportedMatch]:
    of = reports.c
    columns = (of.id, of.match, of.reporter, of.accused, of.match_started_at, of.filed_at)
    found = sa.select(*columns).where(of.case_id == case.id).order_by(of.filed_at, of.id)
    return [ReportedMatch(*row) for row in await connection.execute(found)]


async def _count_files(connection: AsyncConnection, case: CaseView) -> int:
    """Count the pictures of an export, with the originals."""
    of_case = sa.select(reports.c.id).where(reports.c.case_id == case.id)
    counts = [
        sa.select(sa.func.count()).where(table.c.report.in_(of_case)) for table in (evidence, report_uploads)
    ]
    return sum([await connection.scalar(count) or 0 for count in counts])
