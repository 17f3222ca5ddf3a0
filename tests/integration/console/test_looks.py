"""A look at what strangers said or did leaves an entry in the audit log, at every endpoint."""

from collections.abc import Mapping

from protos import reports_pb2 as pb
from services.reports.core.roles import ENDPOINTS, Role
from services.reports.shell.policy_file import default_source

from ..reports_service import MODERATOR, ReportsReplica, photo
from .api_moderator import ApiModerator, logged_in
from .test_cases import file, only_case

Endpoint = tuple[str, str]

LOOKS: Mapping[Endpoint, str] = {
    ("GET", "/cases/{case}"): "case.seen",
    ("GET", "/visitors/{visitor}"): "visitor.seen",
    ("GET", "/appeals"): "appeals.seen",
    ("GET", "/reports/{report}/frames/{number}"): "picture.seen",
    ("GET", "/cases/{case}/export"): "case.exported",
    ("POST", "/policy/replay"): "policy.replayed",
    ("GET", "/audit/export"): "audit.exported",
}
"""Each endpoint that shows reports, appeals, pictures or histories of visitors, with the entry of a look."""

ACTS = {
    ("POST", "/cases/{case}/decision"),
    ("POST", "/decisions/{decision}/undo"),
    ("POST", "/appeals/{decision}"),
    ("POST", "/cases/{case}/hold"),
    ("POST", "/cases/{case}/assignment"),
    ("DELETE", "/cases/{case}/assignment"),
    ("POST", "/cases/{case}/second-look"),
    ("POST", "/cases/{case}/notes"),
    ("POST", "/visitors/{visitor}/notes"),
}
"""Each changes something about a visitor, which leaves an entry of its own (`test_cases.py`,
`test_teamwork.py`)."""

NOT_ABOUT_VISITORS = {
    ("GET", "/ways"),
    ("POST", "/session"),
    ("GET", "/oidc"),
    ("GET", "/oidc/return"),
    ("POST", "/invitation"),
    ("POST", "/invitation/accept"),
    ("GET", "/session"),
    ("DELETE", "/session"),
    ("POST", "/session/confirm"),
    ("GET", "/queue"),  # ids and counts, which every open page is sent each second
    ("GET", "/cases"),
    ("GET", "/ids"),
    ("GET", "/views"),
    ("POST", "/views"),
    ("DELETE", "/views/{name}"),
    ("GET", "/events"),
    ("GET", "/team"),  # ids, and what moderators say about cases
    ("POST", "/cases/{case}/claim"),  # taking a case over leaves an entry
    ("DELETE", "/cases/{case}/claim"),
    ("POST", "/visitors/{visitor}/notes/seen"),
    ("GET", "/exposure"),
    ("GET", "/workload"),  # what moderators did; it leaves an entry
    ("GET", "/policy"),
    ("GET", "/statements"),
    ("GET", "/transparency"),
    ("GET", "/work"),
    ("GET", "/audit"),  # what moderators did
    ("GET", "/audit/check"),
    ("GET", "/alarms"),
    ("POST", "/alarms/test"),  # which leaves an entry (`test_alarms.py`)
    ("GET", "/audit/state"),
    ("GET", "/accounts"),
    ("POST", "/accounts"),
    ("PATCH", "/accounts/{name}"),
    ("POST", "/accounts/{name}/invitation"),
}


def test_every_endpoint_was_thought_about() -> None:
    assert LOOKS.keys() | ACTS | NOT_ABOUT_VISITORS == ENDPOINTS.keys()


async def test_each_look_leaves_an_entry_with_a_name(replica: ReportsReplica) -> None:
    met = await file(replica, frames=(photo(64, 64),))
    async with logged_in(replica, "sue", Role.SENIOR) as sue:
        case = await only_case(sue)
        report = (await sue.get(f"/cases/{case}")).content["reports"][0]["id"]
        names = {"{case}": case, "{visitor}": met.accused, "{report}": report, "{number}": "0"}
        for endpoint, action in LOOKS.items():
            before = await newest_sequence(sue)
            await look(sue, endpoint, names)
            (entry,) = await entries_after(sue, before)
            assert (entry["actor"], entry["action"]) == ("sue", action), endpoint


async def test_lists_at_the_terminal_leave_entries(replica: ReportsReplica) -> None:
    await file(replica)
    async with logged_in(replica, "sue", Role.SENIOR) as sue:
        before = await newest_sequence(sue)
        await replica.moderation.ListReports(pb.ListReportsRequest(), metadata=MODERATOR)
        await replica.moderation.ListAppeals(pb.ListAppealsRequest(), metadata=MODERATOR)
        seen = [
            (one["actor"], one["action"], one["details"])
            for one in reversed(await entries_after(sue, before))
        ]
        assert seen == [
            ("somebody (moderator token)", "reports.seen", {"reports": "1"}),
            ("somebody (moderator token)", "appeals.seen", {"appeals": "0"}),
        ]


async def look(by: ApiModerator, endpoint: Endpoint, names: Mapping[str, str]) -> None:
    method, path = endpoint
    for name, value in names.items():
        path = path.replace(name, value)
    if method == "GET":
        answer = await by.get(f"{path}?reason=a+letter&recipient=a+court")
    else:
        answer = await by.post(path, policy=default_source().text, days=1)
    assert answer.status == 200, (endpoint, answer)


async def newest_sequence(by: ApiModerator) -> int:
    return int((await by.get("/audit?limit=1")).content["entries"][0]["sequence"])


async def entries_after(by: ApiModerator, sequence: int) -> list[dict[str, object]]:
    entries = (await by.get("/audit")).content["entries"]
    return [one for one in entries if one["sequence"] > sequence]
