"""The type of the fixture `zufall`, which runs a command in this process."""

from typing import Protocol


class ZufallCommand(Protocol):
    """Runs `zufall` with these words; returns its status, its output and its errors."""

    async def __call__(self, *words: str) -> tuple[int, str, str]: ...
