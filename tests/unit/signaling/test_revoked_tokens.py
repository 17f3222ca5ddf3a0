"""Revoked tokens are kept until no token of theirs is good for anything."""

from hypothesis import given
from hypothesis import strategies as st

from services.contract.ids import TokenId
from services.signaling.core.revoked_tokens import RevokedTokens

A, B = TokenId("a"), TokenId("b")
IDS = st.sampled_from(list("abcd")).map(TokenId)


def test_only_what_is_new_is_told() -> None:
    revoked = RevokedTokens()
    assert revoked.add({A: 10.0}, 0.0) == {A}
    assert revoked.add({A: 10.0, B: 10.0}, 1.0) == {B}
    assert not revoked.add({A: 20.0}, 2.0)


def test_a_token_is_revoked_by_any_of_its_ids() -> None:
    revoked = RevokedTokens()
    revoked.add({A: 10.0}, 0.0)
    assert revoked.hold([B, A])
    assert not revoked.hold([B])


@given(batches=st.lists(st.tuples(st.dictionaries(IDS, st.floats(0, 100)), st.floats(0, 100))))
def test_what_still_counts_is_kept_and_what_does_not_is_not_for_long(
    batches: list[tuple[dict[TokenId, float], float]],
) -> None:
    revoked, known, now = RevokedTokens(), dict[TokenId, float](), 0.0
    for batch, seconds in batches:
        now += seconds
        fresh = {id: until + now for id, until in batch.items() if id not in known}
        revoked.add(fresh, now)
        known |= fresh
        assert all(revoked.hold([id]) for id, until in known.items() if until > now)
    revoked.add({TokenId("new"): now + 201}, now + 200)
    assert len(revoked) == 1
