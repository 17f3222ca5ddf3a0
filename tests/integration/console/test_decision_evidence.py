"""Tests what a decision of a person says that it rests on: what that person looked at."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from services.contract.ids import CaseId, ReportId
from services.reports.core.actor import Actor
from services.reports.core.audit_chain import AuditEvent
from services.reports.core.records import Evidence, Level
from services.reports.core.roles import Role
from services.reports.shell.console.case_queries import SqlCaseQueries
from services.reports.shell.console.evidence_access import SqlEvidenceAccess
from services.reports.shell.policy_file import default_source
from services.reports.shell.storage.audit_log import CASE_SEEN, SqlAuditLog
from services.reports.shell.storage.tables import decisions

from ...audit import AUDIT
from ...ports.report_stores import PICTURE, decide_nothing, report
from . import moderation_database
from .moderation_database import ModerationDatabase, new_decision

moderation = pytest.fixture(moderation_database.moderation_database)

BOB = Actor("bob", Role.MODERATOR, 1_500)


class Looker:
    """Looks at things as the console's API does."""

    def __init__(self, moderation: ModerationDatabase, case: CaseId, actor: Actor) -> None:
        self._moderation, self._case, self._actor = moderation, case, actor

    async def open_picture(self, report: ReportId) -> None:
        await SqlEvidenceAccess(self._moderation.engine, AUDIT, 0).picture(report, 0, self._actor)

    async def open_case(self) -> list[str]:
        """Open the case, and return what a decision would then rest on."""
        queries = SqlCaseQueries(self._moderation.engine, lambda *_: None, default_source().policy)
        shown = await queries.case(self._case, self._actor)
        look = AuditEvent(self._actor.now, self._actor.name, CASE_SEEN, self._case, {})
        await SqlAuditLog(self._moderation.engine, AUDIT).record(look)
        return list(shown.rests_on)

    async def decide(self) -> Evidence:
        by = replace(new_decision(), moderator=self._actor.name)
        return (await self._moderation.make(self._case, by)).evidence


async def test_a_decision_rests_only_on_what_its_moderator_looked_at(moderation: ModerationDatabase) -> None:
    filed = await moderation.file("v", [PICTURE])
    ann, bob = Looker(moderation, filed.case, moderation.ann), Looker(moderation, filed.case, BOB)
    assert await bob.open_case() == ["reports", "chat"], "he sees the chat beside them"
    await bob.open_picture(filed.report)
    assert await bob.open_case() == ["reports", "pictures", "chat"]
    assert await ann.decide() == Evidence.REPORTS, "she looked at nothing, whatever a colleague saw"


async def test_a_decision_names_the_pictures_and_the_chat_that_were_seen(
    moderation: ModerationDatabase,
) -> None:
    filed = await moderation.file("v", [PICTURE])
    bob = Looker(moderation, filed.case, BOB)
    await bob.open_picture(filed.report)
    await bob.open_case()
    assert await bob.decide() == Evidence.REPORTS | Evidence.PICTURES | Evidence.CHAT


async def test_a_look_at_another_case_or_before_the_chat_came_does_not_count(
    moderation: ModerationDatabase,
) -> None:
    filed = await moderation.store.file(replace(report("m"), chat=()), [PICTURE], decide_nothing)
    other = await moderation.file("w", [PICTURE])
    await Looker(moderation, other.case, BOB).open_picture(other.report)
    bob = Looker(moderation, filed.case, BOB)
    assert await bob.open_case() == ["reports"]
    await moderation.file("accused", filed_at=1_800)
    assert await bob.decide() == Evidence.REPORTS


async def test_an_undo_that_restores_nothing_repeats_no_evidence(moderation: ModerationDatabase) -> None:
    await moderation.file("v")
    made = await moderation.decide(await moderation.open("v"))
    lifted = await moderation.undo(made)
    assert (lifted.level, lifted.evidence) == (Level.GOOD, Evidence(0))


async def test_what_triage_of_an_older_version_said_of_pictures_is_not_repeated(
    moderation: ModerationDatabase,
) -> None:
    await moderation.file("v")
    await moderation.decide(await moderation.open("v"))
    everything = {"evidence": 1 + 2 + 4 + 8}
    for automated, said in ((True, Evidence.REPORTS | Evidence.FLAGS), (False, Evidence(15))):
        async with moderation.engine.begin() as connection:
            await connection.execute(sa.update(decisions).values(automated=automated, **everything))
        (found,) = await moderation.store.decisions_after(0)
        assert found.evidence == said
