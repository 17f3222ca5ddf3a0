"""What the console's templates tell a visitor, from the choice of a moderator to the visitor's language."""

from protos import reports_pb2 as pb
from services.reports.core.roles import Role
from services.reports.core.statements import FEWEST_TOLD

from ..reports_service import ReportsReplica, appeal_token
from .api_moderator import logged_in
from .test_cases import decide, file, only_case, standing


async def told(replica: ReportsReplica, visitor: str, language: str) -> pb.AppealResponse:
    token = appeal_token(await replica.reports.Standing(pb.StandingRequest(visitor=visitor)))
    request = pb.AppealRequest(appeal=token, language=language)
    answer: pb.AppealResponse = await replica.reports.Appeal(request)
    return answer


async def test_a_decision_without_a_typed_word_is_told_in_the_visitors_language(
    replica: ReportsReplica,
) -> None:
    met = await file(replica, reason=pb.REASON_SPAM)
    for _ in range(FEWEST_TOLD - 1):
        await file(replica, met.accused, reason=pb.REASON_SPAM)
    async with logged_in(replica, "ann", Role.SENIOR) as ann:
        choices = (await ann.get("/statements")).content
        spam = next(one for one in choices["templates"] if one["rule"] == "spam")
        made = (
            await decide(
                ann,
                await only_case(ann),
                seconds=spam["seconds"]["banned"],
                rule="spam",
                template=spam["name"],
                statement="",
                reason="",
            )
        ).content
        said = made["decision"]["statement"]
        assert (
            said == "You advertised. Zufall is for conversations between people. People who reported it: 5."
        )
        assert (made["decision"]["reason"], made["decision"]["template"]) == (spam["reason"], "spam")
        (entry, *_) = (await ann.get("/audit?limit=1")).content["entries"]
        assert (entry["details"]["template"], entry["details"]["statement"]) == ("spam", said)
    french = await told(replica, met.accused, "fr")
    assert french.language == "fr"
    assert french.decision.statement.startswith("Tu as fait de la publicité. Zufall est fait pour")
    assert french.decision.statement.endswith("Personnes qui l’ont signalé\u00a0: 5.")
    assert (await told(replica, met.accused, "nl")).language == "en"


async def test_gateways_get_no_statement_in_many_languages(replica: ReportsReplica) -> None:
    met = await file(replica)
    async with logged_in(replica, "ann") as ann:
        await decide(ann, await only_case(ann), template="nudity", statement="", reason="")
    async for batch in replica.reports.WatchStandings(pb.WatchStandingsRequest()):
        ours = [one.statement for one in batch.standings if one.visitor == met.accused]
        if ours or batch.complete:
            break
    assert ours == [""]


async def test_what_is_typed_beside_a_template_is_told_as_it_was_typed(replica: ReportsReplica) -> None:
    met = await file(replica)
    async with logged_in(replica, "ann") as ann:
        case = await only_case(ann)
        await decide(ann, case, template="nudity", statement="Im Bus!", language="de", reason="")
    french = await told(replica, met.accused, "fr")
    assert (french.language, french.addition, french.addition_language) == ("fr", "Im Bus!", "de")
    assert "signalé" not in french.decision.statement, "a single reporter is not counted"


async def test_only_unfounded_reports_count_against_their_reporter(replica: ReportsReplica) -> None:
    async with logged_in(replica, "ann") as ann:
        for dismissal in ("unfounded", "unclear", "good_faith"):
            met = await file(replica)
            case = await only_case(ann)
            made = await decide(ann, case, "good", dismissal=dismissal, reason="")
            assert (made.status, made.content["decision"]["dismissal"]) == (201, dismissal)
            history = (await ann.get(f"/visitors/{met.accused}")).content
            assert history["cases"][0]["decision"]["dismissal"] == dismissal
            filed = (await ann.get(f"/visitors/{met.reporter}")).content["filed"]
            expected = "dismissed" if dismissal == "unfounded" else dismissal
            assert [one["outcome"] for one in filed] == [expected]


async def test_who_may_not_answer_the_appeal_is_told_what_to_do(replica: ReportsReplica) -> None:
    met = await file(replica)
    async with logged_in(replica, "ann") as ann, logged_in(replica, "sue", Role.SENIOR) as sue:
        made = (await decide(ann, await only_case(ann))).content["decision"]
        token = appeal_token(await replica.reports.Standing(pb.StandingRequest(visitor=met.accused)))
        await replica.reports.Appeal(pb.AppealRequest(appeal=token, text="it was not me"))
        own = await ann.post(f"/decisions/{made['id']}/undo", reason="a slip")
        assert "Another moderator answers the appeal" in own.content["detail"]
        senior = await sue.post(f"/decisions/{made['id']}/undo", reason="a slip")
        assert senior.content["detail"].endswith(
            "answer the appeal, which lifts the decision if it was wrong"
        )
        assert await standing(replica, met.accused) == pb.LEVEL_BANNED
