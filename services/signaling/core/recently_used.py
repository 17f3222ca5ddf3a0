"""A bounded table that forgets what was not used for long."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


class RecentlyUsed(Generic[_Key, _Value]):
    """At most `most` values, those that were used last, and none that was not used for `seconds`."""

    __slots__ = ("_most", "_seconds", "_values")

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._values: OrderedDict[_Key, tuple[float, _Value]] = OrderedDict()
        """Each value with the time of its last use, in this order."""

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: _Key) -> _Value | None:
        """Return the value if it is there. It does not count as used."""
        found = self._values.get(key)
        return found[1] if found else None

    def use(self, key: _Key, new: Callable[[], _Value], now: float) -> _Value:
        """Return the value of the key, a new one if there is none. `now` is in monotonic seconds."""
        found = self._values.get(key)
        value = found[1] if found else new()
        self.put(key, value, now)
        return value

    def put(self, key: _Key, value: _Value, now: float) -> None:
        """Keep the value in place of an earlier one."""
        self._values[key] = (now, value)
        self._values.move_to_end(key)
        self._forget(now)

    def _forget(self, now: float) -> None:
        while self._values:
            first = next(iter(self._values))
            if len(self._values) <= self._most and self._values[first][0] > now - self._seconds:
                return
            del self._values[first]
