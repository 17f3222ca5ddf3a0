"""The places of one visitor are totally ordered."""

from hypothesis import given
from hypothesis import strategies as st

from services.contract.ids import GatewayId, Place

places = st.builds(Place, st.integers(1, 3), st.sampled_from(["a", "b"]).map(GatewayId))


@given(places, places, places)
def test_places_are_totally_ordered(one: Place, other: Place, third: Place) -> None:
    assert (one < other) + (one == other) + (one > other) == 1
    assert max(one, other, third) == max(third, max(other, one))


def test_places_are_ordered_by_epoch_and_then_by_gateway() -> None:
    a, b = GatewayId("a"), GatewayId("b")
    assert Place(1, b) < Place(2, a) < Place(2, b) < Place(10, a)
