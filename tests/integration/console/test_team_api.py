"""Two moderators who work as a team, through the API of a running console."""

import io
import json
import zipfile

from protos import reports_pb2 as pb
from services.reports.core.roles import Role
from services.reports.shell.console.notes import MAX_NOTE_LENGTH

from ..reports_service import ReportsReplica, appeal_token
from .api_moderator import logged_in
from .test_cases import decide, file, only_case, standing, told

SENTENCE = {"sentence": "I see the same"}


async def test_open_pages_hear_who_has_a_case(replica: ReportsReplica) -> None:
    met = await file(replica)
    async with logged_in(replica, "ann") as ann, logged_in(replica, "bob") as bob:
        case = await only_case(ann)
        async with bob.session.get(f"{bob.origin}/console/api/events") as stream:
            first = await told(stream, "team")
            assert (first["claims"], first["assignments"]) == ([], [])
            assert first["colleagues"] == [
                {"name": "ann", "role": "moderator"},
                {"name": "bob", "role": "moderator"},
            ]
            assert (await ann.post(f"/cases/{case}/claim")).content["account"] == "ann"
            assert [one["account"] for one in (await told(stream, "team"))["claims"]] == ["ann"]
            assert (await bob.post(f"/cases/{case}/claim")).content["account"] == "ann"
            await ann.post(f"/cases/{case}/assignment", to="bob", sentence="you know him")
            handed = await told(stream, "team")
            assert (handed["claims"], handed["assignments"][0]["account"]) == ([], "bob")
            assert handed["assignments"][0]["accused"] == met.accused
            assert (await bob.call("DELETE", f"/cases/{case}/assignment")).status == 204
            assert (await told(stream, "team"))["assignments"] == []


async def test_a_second_look_changes_the_standing_and_the_first_protects(replica: ReportsReplica) -> None:
    met = await file(replica)
    async with logged_in(replica, "ann") as ann, logged_in(replica, "bob") as bob:
        case = await only_case(ann)
        made = (await decide(ann, case, rule="minor", seconds=30 * 86_400)).content["decision"]
        assert await standing(replica, met.accused) == pb.LEVEL_BANNED
        assert await only_case(bob) == case, "it waits in the queue"
        held = await replica.reports.Standing(pb.StandingRequest(visitor=met.accused))
        assert held.until_ms == made["until"] == made["made_at"] + 3 * 86_400_000
        own = await ann.post(f"/cases/{case}/second-look", confirm=True, **SENTENCE)
        assert (own.status, own.content["code"]) == (403, "permission_refused")
        empty = await bob.post(f"/cases/{case}/second-look", confirm=True, sentence=" ")
        assert empty.content["code"] == "invalid_request"
        confirmed = await bob.post(f"/cases/{case}/second-look", confirm=True, seen=1, **SENTENCE)
        decision = confirmed.content["decision"]
        assert (decision["moderator"], decision["confirmed_by"]) == ("ann", "bob")
        holds = await replica.reports.Standing(pb.StandingRequest(visitor=met.accused))
        assert holds.until_ms == made["made_at"] + 30 * 86_400_000
        token = appeal_token(holds)
        await replica.reports.Appeal(pb.AppealRequest(appeal=token, text="I am 40"))
        for one in (ann, bob):
            assert [appeal["mine"] for appeal in (await one.get("/appeals")).content["appeals"]] == [True]
            refused = await one.post(f"/appeals/{holds.decision}", overturn=True, answer="true")
            assert (refused.status, refused.content["code"]) == (403, "permission_refused")


async def test_a_proposal_that_is_sent_back_waits_for_who_made_it(replica: ReportsReplica) -> None:
    met = await file(replica)
    async with logged_in(replica, "ann") as ann, logged_in(replica, "bob") as bob:
        case = await only_case(ann)
        await decide(ann, case, rule="minor")
        back = await bob.post(f"/cases/{case}/second-look", confirm=False, **SENTENCE)
        assert (back.status, back.content["decision"]) == (201, None)
        state = (await ann.get("/team")).content
        assert (state["proposals"], state["assignments"][0]["account"]) == ([], "ann")
        assert await standing(replica, met.accused) == pb.LEVEL_BANNED


async def test_notes_are_for_moderators_and_come_with_the_case(replica: ReportsReplica) -> None:
    met = await file(replica)
    async with (
        logged_in(replica, "ann") as ann,
        logged_in(replica, "vic", Role.VIEWER) as vic,
        logged_in(replica, "sue", Role.SENIOR) as sue,
    ):
        case = await only_case(ann)
        for text in ("", " \n", "x" * (MAX_NOTE_LENGTH + 1)):
            assert (await ann.post(f"/cases/{case}/notes", text=text)).content["code"] == "invalid_request"
        note = (await ann.post(f"/cases/{case}/notes", text="<b>hm</b>\0, @vic?")).content
        assert (note["author"], note["text"], note["mentions"]) == ("ann", "<b>hm</b>\ufffd, @vic?", ["vic"])
        shown = (await vic.get(f"/cases/{case}")).content
        assert shown["history"]["notes"] == [note]
        assert (await vic.get(f"/visitors/{met.accused}")).content["notes"] == [note]
        assert [one["account"] for one in (await vic.get("/team")).content["mentions"]] == ["vic"]
        assert (await vic.post(f"/visitors/{met.accused}/notes/seen")).status == 204
        assert (await vic.get("/team")).content["mentions"] == []
        exported = await sue.get(f"/cases/{case}/export?reason=police&recipient=police")
        with zipfile.ZipFile(io.BytesIO(exported.content)) as archive:
            (shown,) = json.loads(archive.read("case.json"))["case"]["history"]["notes"]
        assert (shown["author"], shown["text"]) == (note["author"], note["text"])
        standing_told = await replica.reports.Standing(pb.StandingRequest(visitor=met.accused))
        assert "hm" not in str(standing_told), "visitors never see a note"


async def test_an_account_sees_its_own_exposure_and_seniors_the_workload(replica: ReportsReplica) -> None:
    await file(replica)
    async with logged_in(replica, "sue", Role.SENIOR) as sue:
        shown = (await sue.get("/exposure?since=0")).content
        assert (shown["last_hour"], shown["suggested"], shown["limit"]) == (0, 60, 0)
        for since in ("", "x", "-1", "１"):
            assert (await sue.get(f"/exposure?since={since}")).status == 400
        assert (await sue.get("/workload?from=2026-01-02&to=2026-01-01")).status == 400
        assert (await sue.get("/workload?from=2020-01-01&to=2020-12-31")).content["rows"] == []
        entry = (await sue.get("/audit?limit=1")).content["entries"][0]
        assert (entry["action"], entry["details"]["from"]) == ("workload.seen", "2020-01-01")
