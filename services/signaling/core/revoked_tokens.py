"""The tokens that were revoked, by their ids."""

from collections.abc import Iterable, Mapping, Set

from services.contract.ids import TokenId


class RevokedTokens:
    """Keeps the ids of revoked tokens until no token of theirs is good for anything. None comes back."""

    def __init__(self) -> None:
        self._until: dict[TokenId, float] = {}

    def __len__(self) -> int:
        return len(self._until)

    def add(self, until: Mapping[TokenId, float], wall_now: float) -> Set[TokenId]:
        """Add ids, each with the time in Unix seconds until which it counts; return those that are new."""
        new = {id: end for id, end in until.items() if id not in self._until and end > wall_now}
        if new:
            self._until = {id: end for id, end in self._until.items() if end > wall_now} | new
        return new.keys()

    def hold(self, ids: Iterable[TokenId]) -> bool:
        """Tell whether one of these was revoked."""
        return any(id in self._until for id in ids)
