"""A careless or hostile account gets an answer that says what is wrong, and hurts nobody else."""

from urllib.parse import quote

import pytest

from services.contract.errors import InvalidRequest
from services.reports.core.roles import Role
from services.reports.shell.console.saved_views import SavedSearch, checked
from services.reports.shell.console.transparency import MAX_DAYS, parse_period

from ..reports_service import ReportsReplica
from .api_moderator import logged_in
from .test_cases import file, only_case

HOSTILE = ("\0", "\x1b[2J", "\u202egnp", "%", "_", "' OR 1=1 --", "/", "../..", "{case}", "é", "\U0010ffff")


@pytest.mark.parametrize("query", ["\0", "x", "text=a&text=b", "state=open&\0=", "text=%00", "nothing=1"])
def test_a_view_keeps_only_what_a_search_can_have(query: str) -> None:
    with pytest.raises(InvalidRequest):
        checked(SavedSearch("mine", query))


@pytest.mark.parametrize("name", [".", "..", " .. ", "\0", " "])
def test_a_view_has_a_name_by_which_it_can_be_deleted(name: str) -> None:
    with pytest.raises(InvalidRequest):
        checked(SavedSearch(name, ""))


def test_a_period_is_no_longer_than_can_be_counted() -> None:
    assert parse_period("2016-01-01", "2025-12-31").last == "2025-12-31"
    with pytest.raises(InvalidRequest, match=f"at most {MAX_DAYS} days"):
        parse_period("0001-01-01", "9999-12-30")


async def test_hostile_texts_fail_no_endpoint(replica: ReportsReplica) -> None:
    await file(replica)
    async with logged_in(replica, "ann", Role.ADMIN) as ann:
        case = await only_case(ann)
        for text in HOSTILE:
            for method, path, fields in requests(case, text):
                answer = await ann.call(method, path, fields)
                assert answer.status < 500, (method, path, text, answer)
        saved = [one["name"] for one in (await ann.get("/views")).content["views"]]
        assert {*saved} == {*HOSTILE} - {"\0"}
        for name in saved:
            answer = await ann.call("DELETE", f"/views/{escaped(name)}")
            assert answer.status == 200, name


def requests(case: str, text: str) -> list[tuple[str, str, dict[str, object] | None]]:
    quoted = escaped(text)
    named = ("text", "moderator", "handed", "mentions", "visitor", "network", "id", "after", "score")
    return [
        *[("GET", f"/cases?{name}={quoted}", None) for name in named],
        *[("GET", f"/audit?{name}={quoted}", None) for name in ("actor", "subject", "action", "from")],
        ("GET", f"/ids?start={quoted * 8}", None),
        ("GET", f"/visitors/{quoted}", None),
        ("GET", f"/cases/{case}/export?reason={quoted}&recipient=x&zone={quoted}", None),
        ("GET", f"/transparency?from={quoted}&to={quoted}", None),
        ("POST", f"/cases/{case}/notes", {"text": f"{text} @ann @{text}"}),
        ("POST", f"/cases/{case}/assignment", {"to": text, "sentence": text}),
        ("POST", f"/cases/{case}/hold", {"days": 1, "reason": text}),
        ("POST", "/views", {"name": text, "query": ""}),
        ("POST", f"/visitors/{quoted}/notes/seen", None),
        ("POST", "/policy/replay", {"policy": f"# {text}", "days": 1}),
    ]


def escaped(text: str) -> str:
    return quote(text, safe="")


async def test_a_long_name_in_a_path_does_not_fill_the_audit_log(replica: ReportsReplica) -> None:
    async with logged_in(replica, "ann", Role.VIEWER) as ann:
        for path in ("/visitors/", "/cases/"):
            answer = await ann.get(path + "x" * 65)
            assert (answer.status, answer.content["code"]) == (400, "invalid_request"), path


async def test_a_policy_that_takes_long_to_read_is_refused(replica: ReportsReplica) -> None:
    async with logged_in(replica, "sue", Role.SENIOR) as sue:
        answer = await sue.post("/policy/replay", policy="a." * 30_000 + "a = 1", days=1)
        assert (answer.status, "at most" in answer.content["detail"]) == (400, True)
