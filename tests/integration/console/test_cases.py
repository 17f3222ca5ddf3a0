"""Cases from a report to a decision and its undo, through the API of a running console."""

import asyncio
import json

from protos import reports_pb2 as pb
from services.contract.ids import VisitorId, random_id
from services.contract.limits import MAX_DEVICE_HOURS
from services.reports.core.roles import Role

from ...timing import scaled
from ..reports_service import (
    PastMatch,
    ReportsReplica,
    appeal_token,
    file_request,
    other_side,
    past_match,
    photo,
)
from .api_moderator import ApiModerator, ApiResponse, logged_in

SEEN = {"rule": "nudity", "statement": "you were seen", "reason": "seen in the picture"}


async def file(
    replica: ReportsReplica, accused: VisitorId | None = None, device: int = 0, **fields: object
) -> PastMatch:
    met = past_match(accused=accused, accused_device=device)
    await replica.reports.File(file_request(met, **fields))  # type: ignore[arg-type]
    return met


async def only_case(by: ApiModerator) -> str:
    (case,) = (await by.get("/queue")).content["cases"]
    return str(case["id"])


async def decide(
    by: ApiModerator, case: str, level: str = "banned", seconds: int = 3600, **more: object
) -> ApiResponse:
    told = SEEN if level != "good" else {"rule": "", "statement": "", "reason": "nothing to see"}
    return await by.post(
        f"/cases/{case}/decision", level=level, seconds=seconds if level != "good" else 0, **{**told, **more}
    )


async def standing(replica: ReportsReplica, visitor: str) -> int:
    return int((await replica.reports.Standing(pb.StandingRequest(visitor=visitor))).level)


async def test_the_queue_shows_the_most_urgent_first(replica: ReportsReplica) -> None:
    spam = await file(replica, reason=pb.REASON_SPAM)
    nude = await file(replica, reason=pb.REASON_NUDITY, frames=(photo(64, 48),), network=b"one")
    await file(replica, nude.accused, reason=pb.REASON_HATE, network=b"two")
    minor = await file(replica, reason=pb.REASON_MINOR)
    async with logged_in(replica, "ann", Role.VIEWER) as ann:
        queue = (await ann.get("/queue")).content
        assert [case["accused"] for case in queue["cases"]] == [minor.accused, nude.accused, spam.accused]
        assert [case["minor"] for case in queue["cases"]] == [True, False, False]
        worst = queue["cases"][1]
        assert worst["reasons"] == {"nudity": 1, "hate": 1}
        assert (worst["reports"], worst["reporters"], worst["networks"], worst["frames"]) == (2, 2, 2, 1)
        assert (queue["open"], queue["appeals"]) == (3, 0)


async def test_moderators_see_what_was_decided_about_others_of_the_device(replica: ReportsReplica) -> None:
    device = 2**64 - 1
    first, stranger = await file(replica, device=device), await file(replica, device=7)
    async with logged_in(replica, "ann") as ann:
        banned = (await ann.get("/queue")).content["cases"]
        (case,) = [one["id"] for one in banned if one["accused"] == first.accused]
        assert (await decide(ann, case)).status == 201
        second = await file(replica, device=device)
        shown = {one["accused"]: one for one in (await ann.get("/queue")).content["cases"]}
        assert shown[second.accused]["standing"]["visitor"] == first.accused
        assert shown[stranger.accused]["standing"] is None
        repeated = (await ann.get(f"/cases/{shown[second.accused]['id']}")).content
        assert repeated["standing"]["level"] == "banned"
        history = repeated["history"]
        assert (history["decisions"], [one["visitor"] for one in history["device_decisions"]]) == (
            [],
            [first.accused],
        )
        assert [one["id"] for one in history["device_cases"]] == [case]
        assert history["device_cases"][0]["decision"]["level"] == "banned"
        of_first = (await ann.get(f"/visitors/{first.accused}")).content
        assert [one["id"] for one in of_first["device_cases"]] == [repeated["id"]]
        assert (of_first["device_decisions"], len(of_first["decisions"])) == ([], 1)
        of_stranger = (await ann.get(f"/visitors/{stranger.accused}")).content
        assert of_stranger["device_cases"] == of_stranger["device_decisions"] == []
        assert await standing(replica, second.accused) == pb.LEVEL_BANNED
        assert await standing(replica, stranger.accused) == pb.LEVEL_GOOD
        unknown = pb.StandingRequest(visitor=random_id(), device=device)
        assert (await replica.reports.Standing(unknown)).visitor == first.accused


async def test_a_decision_is_refused_after_a_report_replaced_a_flag(replica: ReportsReplica) -> None:
    met = await file(replica, flag=True)
    async with logged_in(replica, "ann") as ann:
        case = await only_case(ann)
        await replica.reports.File(file_request(met, reason=pb.REASON_MINOR))
        assert (await decide(ann, case, "good", seen=1, seen_people=0)).content["code"] == "conflict"
        assert (await decide(ann, case, "good", seen=1, seen_people=1)).status == 201


async def test_cases_of_flags_only_come_last_and_are_marked(replica: ReportsReplica) -> None:
    flagged = await file(replica, flag=True, network=b"0")
    for number in range(1, 8):
        await file(replica, flagged.accused, flag=True, network=b"%d" % number)
    other = await file(replica, reason=pb.REASON_OTHER, network=b"9")
    async with logged_in(replica, "ann") as ann:
        queue = (await ann.get("/queue")).content
        assert [case["accused"] for case in queue["cases"]] == [other.accused, flagged.accused]
        assert [(case["flagged"], case["flags"]) for case in queue["cases"]] == [(False, 0), (True, 8)]
        assert (queue["open"], queue["flagged"]) == (2, 1)
        case = (await ann.get(f"/cases/{queue['cases'][1]['id']}")).content
        assert {report["flag"] for report in case["reports"]} == {True}
        history = (await ann.get(f"/visitors/{flagged.reporter}")).content
        assert [one["flag"] for one in history["filed"]] == [True]
        await file(replica, flagged.accused, reason=pb.REASON_OTHER, network=b"10")
        queue = (await ann.get("/queue")).content
        assert [case["accused"] for case in queue["cases"]] == [flagged.accused, other.accused]
        assert [(case["flagged"], case["flags"]) for case in queue["cases"]] == [(False, 8), (False, 0)]


async def test_a_case_shows_its_reports_and_both_histories(replica: ReportsReplica) -> None:
    chat = (pb.ChatLine(from_accused=True, text="<b>hi</b>"), pb.ChatLine(from_accused=False, text="no"))
    met = past_match(said=[(True, "<b>hi</b>")])
    await replica.reports.File(
        file_request(met, note="he did", chat=chat, frames=(photo(64, 48), photo(32, 32)))
    )
    async with logged_in(replica, "ann") as ann:
        case = (await ann.get(f"/cases/{await only_case(ann)}")).content
        (report,) = case["reports"]
        assert (report["reason"], report["note"]) == ("nudity", "he did")
        assert report["chat"] == [
            {"from_accused": True, "text": "<b>hi</b>", "proven": True},
            {"from_accused": False, "text": "no", "proven": False},
        ]
        assert [(frame["width"], frame["height"]) for frame in report["frames"]] == [(64, 48), (32, 32)]
        assert report["reporter"]["visitor"] == met.reporter
        assert report["counts"] == case["verdict"]["score"] > 0
        assert (case["accused"], case["closed_at"], case["standing"]) == (met.accused, 0, None)
        reporter = (await ann.get(f"/visitors/{met.reporter}")).content
        assert [(one["accused"], one["outcome"]) for one in reporter["filed"]] == [(met.accused, "open")]
        await decide(ann, case["id"])
        reporter = (await ann.get(f"/visitors/{met.reporter}")).content
        assert reporter["filed"][0]["outcome"] == "upheld"
        closed = (await ann.get(f"/cases/{case['id']}")).content
        assert closed["decision"]["moderator"] == "ann"
        assert closed["decision"]["evidence"] == ["reports", "chat"], "nobody looked at a picture"
        assert (closed["verdict"], closed["reports"][0]["counts"]) == (None, None)
        assert (await ann.get("/cases/nothing")).status == 404
        assert (await ann.get("/visitors/nobody")).content["decisions"] == []


async def test_a_case_shows_the_call_and_that_both_reported_each_other(replica: ReportsReplica) -> None:
    met = past_match(ago=90)
    claimed = pb.ClaimedCall(seconds=34, ending=pb.ENDING_NEXT)
    await replica.reports.File(file_request(met, call=claimed))
    await file(replica, met.accused)
    await replica.reports.File(file_request(other_side(met), reason=pb.REASON_HATE))
    async with logged_in(replica, "ann") as ann:
        cases = {one["accused"]: one["id"] for one in (await ann.get("/queue")).content["cases"]}
        by_others, first = (await ann.get(f"/cases/{cases[met.accused]}")).content["reports"]
        assert by_others["call"]["counter_report"] is None
        assert (first["call"]["claimed_seconds"], first["call"]["claimed_ending"]) == (34, "next")
        counter = first["call"]["counter_report"]
        assert (counter["case"], counter["reason"]) == (cases[met.reporter], "hate")
        assert first["claimed"] == ["reason", "note", "frames", "call.claimed_seconds", "call.claimed_ending"]


async def test_a_ban_holds_at_once_until_it_is_undone(replica: ReportsReplica) -> None:
    met = await file(replica)
    async with logged_in(replica, "ann") as ann:
        case = await only_case(ann)
        made = await decide(ann, case, seen=1)
        assert made.status == 201
        assert await standing(replica, met.accused) == pb.LEVEL_BANNED
        assert (await ann.get("/queue")).content["cases"] == []
        undone = await ann.post(f"/decisions/{made.content['decision']['id']}/undo", reason="the wrong one")
        assert undone.content["decision"]["level"] == "good"
        assert await standing(replica, met.accused) == pb.LEVEL_GOOD
        assert await only_case(ann) == case, "it is open again"
        again = await ann.post(f"/decisions/{made.content['decision']['id']}/undo", reason="once more")
        assert (again.status, again.content["code"]) == (409, "conflict")


async def test_newer_reports_join_the_reopened_case(replica: ReportsReplica) -> None:
    met = await file(replica)
    async with logged_in(replica, "ann") as ann:
        case = await only_case(ann)
        made = (await decide(ann, case)).content["decision"]
        await file(replica, met.accused, reason=pb.REASON_MINOR)
        await ann.post(f"/decisions/{made['id']}/undo", reason="the wrong one")
        (line,) = (await ann.get("/queue")).content["cases"]
        assert (line["id"], line["reports"], line["minor"]) == (case, 2, True)
        assert (await ann.get(f"/cases/{case}")).content["held_until"] > 0, "it concerns a minor now"


async def test_the_second_of_two_decisions_is_a_conflict(replica: ReportsReplica) -> None:
    met = await file(replica)
    async with logged_in(replica, "ann") as ann, logged_in(replica, "bob") as bob:
        case = await only_case(ann)
        answers = await asyncio.gather(decide(ann, case), decide(bob, case, "good"))
        assert sorted(answer.status for answer in answers) == [201, 409]
        late = next(answer for answer in answers if answer.status == 409)
        assert late.content["code"] == "conflict"
        names = ("ann", "bob")
        assert late.content["detail"] in [f"this case was decided already, by {name}" for name in names]
        history = (await ann.get(f"/visitors/{met.accused}")).content
        assert len(history["decisions"]) == 1


async def test_a_decision_with_unseen_reports_is_refused(replica: ReportsReplica) -> None:
    met = await file(replica)
    async with logged_in(replica, "ann") as ann:
        case = await only_case(ann)
        await file(replica, met.accused)
        assert (await decide(ann, case, seen=1)).content["code"] == "conflict"
        assert (await decide(ann, case, seen=2)).status == 201


async def test_a_dismissal_leaves_decisions_of_other_cases_alone(replica: ReportsReplica) -> None:
    met = await file(replica)
    async with logged_in(replica, "ann") as ann:
        await decide(ann, await only_case(ann), seconds=7200)
        await file(replica, met.accused)
        dismissed = (await decide(ann, await only_case(ann), "good")).content["decision"]
        assert await standing(replica, met.accused) == pb.LEVEL_BANNED
        reporter = (await ann.get(f"/visitors/{met.accused}")).content
        assert [one["level"] for one in reporter["decisions"]] == ["good", "banned"]
        assert reporter["standing"]["level"] == "banned"
        undone = await ann.post(f"/decisions/{dismissed['id']}/undo", reason="there is something")
        assert undone.status == 201
        assert await standing(replica, met.accused) == pb.LEVEL_BANNED
        assert await only_case(ann)


async def test_a_dismissal_lifts_what_triage_decided_in_the_same_case(replica: ReportsReplica) -> None:
    accused = VisitorId(random_id())
    for number in range(8):
        await file(replica, accused, reason=pb.REASON_NUDITY, network=bytes([number]) * 8)
    async with logged_in(replica, "ann") as ann:
        assert await standing(replica, accused) != pb.LEVEL_GOOD, "eight networks are enough to act"
        made = (await decide(ann, await only_case(ann), "good")).content["decision"]
        assert await standing(replica, accused) == pb.LEVEL_GOOD
        again = await ann.post(f"/decisions/{made['id']}/undo", reason="there is something")
        assert again.content["decision"]["automated"] is True
        assert await standing(replica, accused) != pb.LEVEL_GOOD, "what triage did holds again"


async def test_a_dismissal_restores_the_decision_that_triage_had_replaced(replica: ReportsReplica) -> None:
    met = await file(replica)
    async with logged_in(replica, "ann") as ann:
        await decide(ann, await only_case(ann), "restricted")
        for number in range(24):
            await file(replica, met.accused, network=bytes([number]) * 8, device_hours=MAX_DEVICE_HOURS)
        assert await standing(replica, met.accused) == pb.LEVEL_BANNED, "triage goes further"
        case = await only_case(ann)
        made = (await decide(ann, case, "good")).content["decision"]
        assert await standing(replica, met.accused) == pb.LEVEL_RESTRICTED, "this was a person's"
        history = (await ann.get(f"/visitors/{met.accused}")).content["decisions"]
        assert [one["undoable"] for one in history][:2] == [False, True], (
            "the dismissal, not what holds again"
        )
        undone = await ann.post(f"/decisions/{made['id']}/undo", reason="there is something")
        assert (undone.content["decision"]["level"], undone.content["decision"]["automated"]) == (
            "banned",
            True,
        )
        assert await standing(replica, met.accused) == pb.LEVEL_BANNED
        await decide(ann, case, "good")
        assert await standing(replica, met.accused) == pb.LEVEL_RESTRICTED


async def test_an_appeal_against_a_restored_decision_concerns_its_own_case(replica: ReportsReplica) -> None:
    met = await file(replica)
    async with logged_in(replica, "ann") as ann, logged_in(replica, "bob") as bob:
        await decide(ann, await only_case(ann))
        await file(replica, met.accused)
        made = (await decide(bob, await only_case(bob), "watched")).content["decision"]
        held = (await bob.post(f"/decisions/{made['id']}/undo", reason="the wrong one")).content["decision"]
        assert (held["level"], held["moderator"]) == ("banned", "ann")
        token = appeal_token(await replica.reports.Standing(pb.StandingRequest(visitor=met.accused)))
        await replica.reports.Appeal(pb.AppealRequest(appeal=token, text="it was not me"))
        own = await ann.post(f"/appeals/{held['id']}", overturn=True, answer="you were right")
        assert own.content["code"] == "permission_refused", "it is still hers"
        await bob.post(f"/appeals/{held['id']}", overturn=True, answer="you were right")
        assert await standing(replica, met.accused) == pb.LEVEL_GOOD
        reporter = (await ann.get(f"/visitors/{met.reporter}")).content
        assert reporter["filed"][0]["outcome"] == "dismissed"
        assert (await ann.get("/queue")).content["open"] == 1, "the other case waits as before"


async def test_only_the_newest_decision_can_be_undone(replica: ReportsReplica) -> None:
    met = await file(replica)
    async with logged_in(replica, "ann") as ann, logged_in(replica, "bob") as bob:
        first = (await decide(ann, await only_case(ann))).content["decision"]
        assert (await bob.post(f"/decisions/{first['id']}/undo", reason="no")).status == 403
        await replica.decide(met.accused, pb.LEVEL_WATCHED)
        late = await ann.post(f"/decisions/{first['id']}/undo", reason="no")
        assert (late.status, late.content["code"]) == (409, "conflict")
        assert (await ann.post("/decisions/nothing/undo", reason="no")).status == 404
        assert await standing(replica, met.accused) == pb.LEVEL_WATCHED


async def test_the_audit_log_records_each_picture_view(replica: ReportsReplica) -> None:
    await file(replica, frames=(photo(64, 48),))
    async with logged_in(replica, "sue", Role.SENIOR) as sue:
        case = await only_case(sue)
        (report,) = (await sue.get(f"/cases/{case}")).content["reports"]
        picture = await sue.get(f"/reports/{report['id']}/frames/0")
        assert picture.content.startswith(b"\xff\xd8")
        assert picture.headers["Cache-Control"] == "no-store"
        assert (await sue.get(f"/reports/{report['id']}/frames/1")).status == 404
        assert (await sue.get(f"/reports/{report['id']}/frames/x")).status == 400
        (look, earlier, *_) = (await sue.get("/audit")).content["entries"]
        assert (look["actor"], look["action"], look["subject"]) == ("sue", "picture.seen", report["id"])
        assert (earlier["action"], earlier["subject"]) == ("case.seen", case), "what was said is in it"


async def test_a_hold_is_never_shortened(replica: ReportsReplica) -> None:
    await file(replica)
    async with logged_in(replica, "sue", Role.SENIOR) as sue:
        case = await only_case(sue)
        year = (await sue.post(f"/cases/{case}/hold", days=365, reason="a court asks")).content["held_until"]
        day = (await sue.post(f"/cases/{case}/hold", days=1, reason="and again")).content["held_until"]
        assert day == year
        assert (await sue.post(f"/cases/{case}/hold", days=0, reason="x")).status == 400
        assert (await sue.get(f"/cases/{case}")).content["held_until"] == year


async def test_only_another_moderator_may_answer_an_appeal(replica: ReportsReplica) -> None:
    met = await file(replica)
    async with logged_in(replica, "ann") as ann, logged_in(replica, "bob") as bob:
        made = (await decide(ann, await only_case(ann))).content["decision"]
        token = appeal_token(await replica.reports.Standing(pb.StandingRequest(visitor=met.accused)))
        await replica.reports.Appeal(pb.AppealRequest(appeal=token, text="it was not me"))
        (appeal,) = (await ann.get("/appeals")).content["appeals"]
        assert (appeal["text"], appeal["mine"], appeal["state"]) == ("it was not me", True, "open")
        assert (await ann.get("/queue")).content["appeals"] == 1
        own = await ann.post(f"/appeals/{made['id']}", overturn=False, answer="it was")
        assert (own.status, own.content["code"]) == (403, "permission_refused")
        undone = await ann.post(f"/decisions/{made['id']}/undo", reason="hm")
        assert undone.content["code"] == "conflict", "they appealed: they get an answer"
        answered = await bob.post(f"/appeals/{made['id']}", overturn=True, answer="you were right")
        assert answered.content["decision"]["level"] == "good"
        assert await standing(replica, met.accused) == pb.LEVEL_GOOD
        told = await replica.reports.Appeal(pb.AppealRequest(appeal=token))
        assert (told.state, told.answer) == (pb.APPEAL_STATE_OVERTURNED, "you were right")
        lift = answered.content["decision"]["id"]
        assert (await bob.post(f"/decisions/{lift}/undo", reason="hm")).status == 403, "an answer is final"


async def test_an_open_page_shows_a_new_report_within_moments(replica: ReportsReplica) -> None:
    async with (
        logged_in(replica, "ann") as ann,
        ann.session.get(f"{ann.origin}/console/api/events") as stream,
    ):
        assert (await told(stream))["cases"] == []
        met = await file(replica)
        assert [case["accused"] for case in (await told(stream))["cases"]] == [met.accused]


async def told(stream: "object", event: str = "queue") -> dict[str, list[dict[str, str]]]:
    """Return what the next event of this name says."""
    content = stream.content  # type: ignore[attr-defined]
    async with asyncio.timeout(scaled(20)):
        while (line := await content.readline()) != f"event: {event}\n".encode():
            assert line
        return json.loads((await content.readline()).removeprefix(b"data: "))  # type: ignore[no-any-return]
