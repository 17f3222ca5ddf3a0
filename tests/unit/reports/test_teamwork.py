"""The rules of claims and assignments, and of whom a note mentions."""

import pytest

from services.contract.ids import CaseId
from services.reports.core.actor import Actor
from services.reports.core.mentions import mentioned_accounts
from services.reports.core.roles import Role
from services.reports.core.teamwork import CLAIM_LIFETIME, SENIORS, Assignment, Claim


def test_a_claim_keeps_others_from_a_case_until_it_ends() -> None:
    claim = Claim(CaseId("case"), "ann", 1_000, 1_000 + CLAIM_LIFETIME)
    assert claim.keeps_from("bob", 1_000)
    assert not claim.keeps_from("ann", 1_000)
    assert claim.keeps_from("bob", claim.until - 1)
    assert not claim.keeps_from("bob", claim.until)


@pytest.mark.parametrize(
    ("to", "name", "role", "may"),
    [
        ("bob", "bob", Role.MODERATOR, True),
        ("bob", "ann", Role.MODERATOR, True),
        ("bob", "carl", Role.MODERATOR, False),
        ("bob", "sue", Role.SENIOR, True),
        (SENIORS, "sue", Role.SENIOR, True),
        (SENIORS, "bob", Role.MODERATOR, False),
    ],
)
def test_who_has_a_case_or_handed_it_over_or_is_senior_gives_it_back(
    to: str, name: str, role: Role, may: bool
) -> None:
    handed = Assignment(CaseId("case"), to, "ann", "a sentence", 1_000)
    assert handed.may_be_given_back_by(Actor(name, role, 2_000)) is may


@pytest.mark.parametrize(
    ("text", "mentioned"),
    [
        ("@ann look", ["ann"]),
        ("look, @Ann!", ["ann"]),
        ("ask @bob.b or @ann.", ["bob.b", "ann"]),
        ("@ann @bob.b @ann", ["ann", "bob.b"]),
        ("(@ann)", ["ann"]),
        ("write to x@ann and ann@example.org", []),
        ("@annette @nobody @", []),
        ("@ann@example.org", []),
        ("@eve@example.org: look", ["eve@example.org"]),
        ("@ann's case", ["ann"]),
        ("@ann-", ["ann"]),
    ],
)
def test_a_note_mentions_accounts_by_their_whole_names(text: str, mentioned: list[str]) -> None:
    assert mentioned_accounts(text, {"ann", "bob.b", "eve@example.org"}) == mentioned
