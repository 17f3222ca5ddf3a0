"""Every case is found again by each thing that is known of it, on both databases."""

from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.contract.errors import InvalidRequest, NotFound
from services.contract.ids import VisitorId, random_id
from services.reports.core.audit_chain import AuditEvent
from services.reports.core.case_search import parse_case_search
from services.reports.core.records import Appeal, CallContext, Decision, Level, Picture, Reason, Report
from services.reports.core.roles import Role
from services.reports.core.second_look import SecondLook
from services.reports.core.triage import FLAGS_ONLY_OFFSET, FLOOD_OFFSET, MINOR_OFFSET, CaseEvaluation
from services.reports.shell.console.assignments import SqlAssignments
from services.reports.shell.console.audit_search import (
    SqlAuditSearch,
    as_csv_lines,
    as_json,
    parse_audit_filter,
)
from services.reports.shell.console.case_commands import SeenReports, SqlCaseCommands
from services.reports.shell.console.case_queries import SqlCaseQueries, network_label
from services.reports.shell.console.case_queue import SqlCaseQueue
from services.reports.shell.console.id_finder import SqlIdFinder
from services.reports.shell.console.notes import SqlNotes
from services.reports.shell.console.saved_views import SavedSearch, SqlSavedViews, checked
from services.reports.shell.policy_file import default_policy
from services.reports.shell.storage.audit_log import SqlAuditLog
from services.reports.shell.storage.tables import accounts, cases

from ...audit import AUDIT
from ...databases import BOTH_DATABASES
from ...ports.report_stores import PICTURE, report
from ...statements import STATEMENTS
from .moderation_database import ModerationDatabase, new_decision

pytestmark = BOTH_DATABASES

DAY = 24 * 3600 * 1000


def queue_of(engine: AsyncEngine) -> SqlCaseQueue:
    return SqlCaseQueue(engine, lambda *_: None)


async def found(engine: AsyncEngine, **query: str) -> list[str]:
    """Return the accused of the cases that a search finds, in its order."""
    page = await queue_of(engine).search(parse_case_search(query), now=10 * DAY)
    return [case.accused for case in page.cases]


class FilledDatabase(ModerationDatabase):
    async def add(
        self, accused: str, urgency: float = 1.0, frames: tuple[Picture, ...] = (), **changed: object
    ) -> Report:
        one = replace(report(random_id(), random_id(), 1_000, accused), **changed)  # type: ignore[arg-type]
        await self.store.file(one, frames, lambda *_: CaseEvaluation(urgency, None))
        return one

    async def add_accounts(self, *names: str) -> None:
        empty = {"password": "", "code_secret": "", "code_step": 0, "invitation": b"", "invited_until": 0}
        rows = [{"name": name, "role": Role.SENIOR, "disabled": False, "last_login": 0} for name in names]
        async with self.engine.begin() as connection:
            await connection.execute(accounts.insert(), [{**row, **empty} for row in rows])

    async def decided(self, accused: str, level: Level = Level.BANNED, **changed: object) -> Decision:
        new = replace(new_decision(level), **changed)  # type: ignore[arg-type]
        return await self.store.decide(replace(new, visitor=VisitorId(accused)))


@pytest.fixture
def moderation(engine: AsyncEngine) -> FilledDatabase:
    return FilledDatabase(engine)


async def test_each_filter_finds_its_cases(moderation: FilledDatabase, engine: AsyncEngine) -> None:
    undressed = await moderation.add("undressed", 3.0, frames=(PICTURE,), reason=Reason.NUDITY)
    await moderation.add("undressed", 3.0, reporter=undressed.reporter, reporter_network=b"other")
    spam = await moderation.add(
        "spammer", 2.0, reason=Reason.SPAM, note="Buy 100% of _it_", reporter_network=b"xyz9"
    )
    await moderation.add(
        "minor", MINOR_OFFSET, reason=Reason.MINOR, filed_at=3 * DAY, reporter_network=b"xyy"
    )
    await moderation.add("flagged", FLAGS_ONLY_OFFSET, flag=True)
    await moderation.add("flood", FLOOD_OFFSET)
    await moderation.add("banned", filed_at=5 * DAY)
    made = await moderation.decided("banned", rule="hate", moderator="ann", made_at=6 * DAY, until=20 * DAY)
    await moderation.add("banned", 0.5, filed_at=7 * DAY)
    await moderation.appeals.file(Appeal(made.id, "no", 8 * DAY))
    for query, expected in (
        ({}, ["minor", "undressed", "spammer", "banned", "flagged"]),
        ({"group": "flood"}, ["flood"]),
        ({"group": "minor"}, ["minor"]),
        ({"state": "decided"}, ["banned"]),
        ({"state": "all", "visitor": "banned", "sort": "newest"}, ["banned", "banned"]),
        ({"reporter": spam.reporter}, ["spammer"]),
        ({"network": network_label(b"xyz9")}, ["spammer"]),
        ({"reason": "spam"}, ["spammer"]),
        ({"text": "100% OF _i"}, ["spammer"]),
        ({"text": "100_ of"}, []),
        ({"pictures": "1"}, ["undressed"]),
        ({"score": "0-100"}, []),
        ({"brigade": "1"}, ["undressed"]),
        ({"standing": "banned"}, ["banned"]),
        ({"standing": "good", "reason": "minor"}, ["minor"]),
        ({"state": "decided", "level": "banned", "rule": "hate", "moderator": "ann"}, ["banned"]),
        ({"state": "decided", "moderator": "bob"}, []),
        ({"state": "decided", "appealed": "1"}, ["banned"]),
        ({"opened_from": "1970-01-04", "opened_to": "1970-01-04"}, ["minor"]),
        ({"state": "decided", "decided_from": "1970-01-07", "decided_to": "1970-01-07"}, ["banned"]),
    ):
        assert await found(engine, **query) == expected, query
    page = await queue_of(engine).search(parse_case_search({"state": "decided"}), now=0)
    assert (page.total, page.cases[0].closed_at) == (1, 6 * DAY)
    assert page.cases[0].decision is not None
    assert page.cases[0].decision.moderator == "ann"


async def test_cases_are_found_by_the_call(moderation: FilledDatabase, engine: AsyncEngine) -> None:
    german = CallContext("video", ("en", "fr"), ("de",), "DE")
    await moderation.add("german", 5.0, call=german)
    await moderation.add("german", 5.0, call=replace(german, mode="audio", accused_languages=("de", "sv")))
    await moderation.add("german", 5.0, call=german)
    await moderation.add("swiss", 4.0, call=CallContext("text", ("gsw",), ("en", "gsw"), "CH"))
    await moderation.add("unknown", 3.0)
    for query, expected in (
        ({"language": "de"}, ["german"]),
        ({"language": "en"}, ["german", "swiss"]),
        ({"language": "gsw"}, ["swiss"]),
        ({"language": "sw"}, []),
        ({"mode": "text"}, ["swiss"]),
        ({"mode": "audio"}, ["german"]),
        ({"country": "CH"}, ["swiss"]),
        ({"country": "DE", "language": "fr", "mode": "video"}, ["german"]),
    ):
        assert await found(engine, **query) == expected, query
    listed = (await queue_of(engine).read()).cases
    assert [(tuple(one.languages), one.mode, one.country) for one in listed] == [
        (("de", "sv", "en", "fr"), "video", "DE"),
        (("en", "gsw"), "text", "CH"),
        ((), "", ""),
    ]


async def test_cases_are_found_by_what_the_team_does(moderation: FilledDatabase, engine: AsyncEngine) -> None:
    await moderation.add_accounts("ann", "bob")
    for urgency, accused in enumerate(("noted", "handed", "escalated", "proposed", "other")):
        await moderation.add(accused, -urgency / 10)
    notes, assigning = SqlNotes(engine, AUDIT), SqlAssignments(engine, AUDIT)
    await notes.write_on_case(await moderation.open("noted"), "An Umbrella, @bob", moderation.ann)
    await notes.write_on_visitor(VisitorId("other"), "umbrella 2", moderation.ann)
    await assigning.assign(await moderation.open("handed"), "bob", "yours", moderation.ann)
    await assigning.assign(await moderation.open("escalated"), "", "", moderation.ann)
    lasting = replace(new_decision(Level.BANNED), moderator="ann", until=0)
    asking = SqlCaseCommands(engine, AUDIT, STATEMENTS, SecondLook.ON)
    await asking.decide(await moderation.open("proposed"), lasting, SeenReports(), Role.SENIOR)
    for query, expected in (
        ({"text": "UMBRELLA"}, ["noted", "other"]),
        ({"text": "umbrella, @"}, ["noted"]),
        ({"mentions": "bob"}, ["noted"]),
        ({"mentions": "ann"}, []),
        ({"handed": "bob"}, ["handed"]),
        ({"handed": "ann"}, []),
        ({"escalated": "1"}, ["escalated"]),
        ({"second_look": "1"}, ["proposed"]),
        ({"second_look": "1", "handed": "bob"}, []),
    ):
        assert await found(engine, **query) == expected, query
    await moderation.decided("noted")
    await moderation.add("noted")
    assert await found(engine, text="umbrella,") == [], "a note on another case of theirs is not meant"


async def test_a_note_on_a_visitors_page_brings_their_cases_under_the_filter_for_mentions(
    moderation: FilledDatabase, engine: AsyncEngine
) -> None:
    await moderation.add_accounts("ann", "bob")
    for accused in ("accused", "other"):
        await moderation.add(accused)
    filed = await moderation.add("reported", 0.5)
    await moderation.decided("accused")
    await moderation.add("accused", 2.0)
    notes = SqlNotes(engine, AUDIT)
    await notes.write_on_visitor(VisitorId("accused"), "@bob again", moderation.ann)
    assert await found(engine, mentions="bob") == ["accused"]
    assert await found(engine, mentions="bob", state="decided") == ["accused"]
    assert await found(engine, mentions="ann", state="all") == []
    await notes.write_on_visitor(filed.reporter, "@bob reports everybody", moderation.ann)
    assert await found(engine, mentions="bob") == ["accused", "reported"]
    await moderation.decided("other")
    await notes.write_on_case(await moderation.open("accused"), "@ann on this case", moderation.ann)
    await notes.write_on_case(await moderation.open("accused"), "@ann", replace(moderation.ann, name="bob"))
    assert await found(engine, mentions="ann", state="all") == ["accused"], "and not their other cases"


async def test_pages_follow_each_other_without_a_gap_or_a_repetition(
    moderation: FilledDatabase, engine: AsyncEngine
) -> None:
    for number in range(7):
        await moderation.add(f"v{number}", float(number // 3), filed_at=1_000 + number % 2)
    for number in range(3):
        await moderation.add(f"d{number}")
        await moderation.decided(f"d{number}", made_at=5_000)
    queue = queue_of(engine)
    for query in (
        {},
        {"sort": "oldest"},
        {"sort": "newest"},
        {"state": "all", "sort": "decided"},
        {"state": "decided"},
    ):
        everything = await queue.search(parse_case_search(query), now=0)
        assert everything.next is None
        paged: list[str] = []
        place: str | None = ""
        while place is not None:
            page = await queue.search(parse_case_search({**query, "limit": "2", "after": place}), now=0)
            assert page.total == (None if place else len(everything.cases))
            paged += [case.id for case in page.cases]
            place = page.next
        assert paged == [case.id for case in everything.cases], query
    first = await queue.read()
    standard = await queue.search(parse_case_search({}), now=0)
    assert first.cases == standard.cases


async def test_an_id_is_found_whole_and_by_its_first_characters(
    moderation: FilledDatabase, engine: AsyncEngine
) -> None:
    accused, finder = "Vi-_tor890123456789012", SqlIdFinder(engine)
    filed = await moderation.add(accused)
    made = await moderation.decided(accused)
    for id in (accused, accused[:8], f"{accused[:8]}…", f" {accused} "):
        assert (await finder.find(id)).visitors == [accused]
    assert (await finder.find("vi-_tor8")).visitors == [], "upper and lower case differ"
    by_case = await finder.find(made.case[:8])
    assert [(one.id, one.accused, one.closed_at) for one in by_case.cases] == [(made.case, accused, 2_000)]
    by_decision = await finder.find(made.id[:8])
    assert [(one.id, one.visitor, one.case) for one in by_decision.decisions] == [
        (made.id, accused, made.case)
    ]
    by_report = await finder.find(filed.id[:8])
    assert [(one.id, one.case) for one in by_report.reports] == [(filed.id, made.case)]
    assert (await finder.find(filed.reporter[:8])).visitors == [filed.reporter]
    for short in ("", "abc", "a%______b"):
        with pytest.raises(InvalidRequest):
            await finder.find(short)


async def test_a_history_links_to_cases_from_the_same_network(
    moderation: FilledDatabase, engine: AsyncEngine
) -> None:
    await moderation.add("one", accused_address_hash=b"home")
    await moderation.add("two", accused_address_hash=b"home")
    made = await moderation.decided("two")
    await moderation.add("away", accused_address_hash=b"away")
    await moderation.add("nowhere", accused_address_hash=b"")
    await moderation.add("nowhere too", accused_address_hash=b"")
    queries = SqlCaseQueries(engine, lambda *_: None, default_policy())
    linked = (await queries.visitor_history("one", moderation.ann)).network_cases  # type: ignore[arg-type]
    assert [(one.id, one.accused) for one in linked] == [(made.case, "two")]
    assert linked[0].decision is not None
    assert linked[0].decision.level == "banned"
    nowhere = await queries.visitor_history("nowhere", moderation.ann)  # type: ignore[arg-type]
    assert nowhere.network_cases == []


async def test_views_belong_to_an_account(moderation: FilledDatabase, engine: AsyncEngine) -> None:
    await moderation.add_accounts("ann", "bob")
    views = SqlSavedViews(engine)
    await views.save("ann", checked(SavedSearch(" Mine ", "state=decided&moderator=ann")))
    await views.save("ann", checked(SavedSearch("Mine", "state=decided")))
    assert (await views.of("ann")).views == [SavedSearch("Mine", "state=decided")]
    assert (await views.of("bob")).views == []
    with pytest.raises(NotFound):
        await views.delete("bob", "Mine")
    assert (await views.delete("ann", "Mine")).views == []
    for refused in (SavedSearch("", ""), SavedSearch("x" * 61, ""), SavedSearch("x", "state=nowhere")):
        with pytest.raises(InvalidRequest):
            checked(refused)
    for number in range(50):
        await views.save("bob", SavedSearch(str(number), ""))
    with pytest.raises(InvalidRequest):
        await views.save("bob", SavedSearch("one more", ""))
    assert len((await views.of("bob")).views) == 50


async def test_the_audit_log_is_searched_and_exported(
    moderation: FilledDatabase, engine: AsyncEngine
) -> None:
    log, search = SqlAuditLog(engine, AUDIT), SqlAuditSearch(engine)
    await moderation.add("visitor")
    made = await moderation.decided("visitor", made_at=3 * DAY, moderator="ann")
    await log.record(AuditEvent(DAY, "bob", "visitor.seen", "visitor", {}))
    await log.record(AuditEvent(2 * DAY, "bob", "case.seen", made.case, {}))
    await log.record(AuditEvent(2 * DAY, "ann", "case.seen", "-other", {"reason": '=1+1, \n"x"'}))

    async def actions(**query: str) -> list[str]:
        return [one.action for one in await search.entries(parse_audit_filter(query), 2**62, 10)]

    assert await actions(subject="visitor") == ["case.seen", "visitor.seen", "decision.made"]
    assert await actions(subject=made.case) == ["case.seen", "decision.made"]
    assert await actions(actor="bob") == ["case.seen", "visitor.seen"]
    assert await actions(action="case.seen") == await actions(action="case") == ["case.seen"] * 2
    assert await actions(**{"from": "1970-01-02", "to": "1970-01-02"}) == ["visitor.seen"]
    everything = parse_audit_filter({})
    written = b"".join([part async for part in as_csv_lines(search.pages(everything))]).decode()
    assert "1970-01-03T00:00:00.000+00:00,ann,case.seen,'-other," in written, "no formula for a spreadsheet"
    as_text = b"".join([part async for part in as_json(search.pages(everything))])
    assert as_text.count(b'"sequence"') == 4
    nothing = b"".join([part async for part in as_json(search.pages(parse_audit_filter({"actor": "x"})))])
    assert nothing == b'{"entries":[]}\n'


async def test_a_search_that_looks_into_each_case_goes_on_in_bounded_steps(
    moderation: FilledDatabase, engine: AsyncEngine
) -> None:
    empty = {"closed_at": 0, "decision": "", "urgency": 5.0, "held_until": 0}
    rows = [{"id": f"c{number}", "accused": f"a{number}", "opened_at": 9, **empty} for number in range(1_500)]
    async with engine.begin() as connection:
        await connection.execute(cases.insert(), rows)
    await moderation.add("last", 1.0, reason=Reason.HATE)
    await moderation.add("first", 9.0, reason=Reason.HATE)
    queue, query = queue_of(engine), {"reason": "hate"}
    first = await queue.search(parse_case_search(query), now=0)
    assert ([case.accused for case in first.cases], first.total) == (["first"], None)
    assert first.next is not None
    second = await queue.search(parse_case_search({**query, "after": first.next}), now=0)
    assert ([case.accused for case in second.cases], second.next) == (["last"], None)
    full = await queue.search(parse_case_search({**query, "limit": "1"}), now=0)
    assert full.next is not None
    assert full.next.endswith(first.cases[0].id), "it goes on behind what it found, and not behind all it saw"
