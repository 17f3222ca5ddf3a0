"""The requests and responses of the API for work in a team. Times are in Unix milliseconds."""

from collections.abc import Sequence

from msgspec import Struct

from .views import LevelName, RoleName


class ClaimRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A claim of a case, or its renewal. `take_over` takes it from a colleague."""

    take_over: bool = False


class AssignmentRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A hand-over of a case to the account `to`, or to all seniors if that is empty."""

    to: str
    sentence: str


class SecondLookRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """The answer to a proposal. It is refused if there are more reports than `seen`, as a decision is."""

    confirm: bool
    sentence: str
    seen: int | None = None
    seen_people: int | None = None


class NoteRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A note, in plain text. `@name` mentions an account."""

    text: str


class ClaimView(Struct, frozen=True):
    """A moderator who looks at a case. `account` is empty if the case is decided, so that nobody has it."""

    case: str
    account: str
    since: int


class AssignmentView(Struct, frozen=True):
    """A case that was handed to `account`, or to all seniors if that is empty."""

    case: str
    accused: str
    account: str
    by: str
    sentence: str
    at: int


class ProposalView(Struct, frozen=True):
    """A decision that waits for a second moderator, who needs the role `needs`.

    `until` is the end that was proposed, 0 for none. Until then it holds until `holds_until`.
    """

    case: str
    accused: str
    decision: str
    by: str
    at: int
    level: LevelName
    rule: str
    until: int
    holds_until: int
    needs: RoleName


class MentionView(Struct, frozen=True):
    """A note that mentions `account`, which has not seen it yet. `case` is null if no case is meant."""

    note: str
    account: str
    case: str | None
    visitor: str
    by: str
    at: int


class ColleagueView(Struct, frozen=True):
    """Somebody to whom a case can be handed."""

    name: str
    role: RoleName


class TeamState(Struct, frozen=True):
    """The state of the team: who has which case, what waits for whom, and who is in it."""

    claims: Sequence[ClaimView]
    assignments: Sequence[AssignmentView]
    proposals: Sequence[ProposalView]
    mentions: Sequence[MentionView]
    colleagues: Sequence[ColleagueView]


class ExposureView(Struct, frozen=True):
    """The number of pictures that the caller has opened, and the rules of breaks.

    The console suggests a break after `suggested` pictures in an hour, or `work_minutes` of work. `limit` is
    the most that they may open in an hour, 0 if there is none.
    """

    last_hour: int
    since: int
    suggested: int
    limit: int
    work_minutes: int
    break_minutes: int


class WorkloadRow(Struct, frozen=True):
    """The work of one moderator in a period.

    `cases` were decided; `dismissed` and `undone` are of them. `minutes` is the median from opening a case to
    deciding it. `second_looks` counts proposals of others that they confirmed or sent back. `upheld` and
    `overturned` are appeals against what they decided or confirmed, answered in the period.
    """

    account: str
    cases: int
    dismissed: int
    undone: int
    second_looks: int
    minutes: float | None
    pictures: int
    upheld: int
    overturned: int


class WorkloadReport(Struct, frozen=True, rename={"first": "from", "last": "to"}):
    """The work of all moderators in a period of whole days in UTC, ordered by name."""

    first: str
    last: str
    rows: Sequence[WorkloadRow]
