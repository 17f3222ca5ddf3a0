"""A bounded table that drops what was not used for longest."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


class RecentlyUsed(Generic[_Key, _Value]):
    """At most `most` values, those that were used last."""

    __slots__ = ("_most", "_values")

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: dict[_Key, _Value] = {}

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: _Key) -> _Value | None:
        """Return the value if it is there. It does not count as used."""
        return self._values.get(key)

    def use(self, key: _Key, new: Callable[[], _Value]) -> _Value:
        """Return the value of the key, a new one if there is none."""
        value = self._values.pop(key, None)
        self._values[key] = value = new() if value is None else value
        if len(self._values) > self._most:
            del self._values[next(iter(self._values))]
        return value
