"""The order of one visitor's connections."""

from hypothesis import given
from hypothesis import strategies as st

from services.contract.ids import GatewayId, Place

places = st.builds(Place, st.integers(1, 3), st.sampled_from(["a", "b"]).map(GatewayId))


@given(places, places, places)
def test_of_any_places_one_is_the_newest(one: Place, other: Place, third: Place) -> None:
    assert (one < other) + (one == other) + (one > other) == 1
    assert max(one, other, third) == max(third, max(other, one))


def test_the_epoch_counts_first_and_then_the_gateway() -> None:
    a, b = GatewayId("a"), GatewayId("b")
    assert Place(1, b) < Place(2, a) < Place(2, b) < Place(10, a)
