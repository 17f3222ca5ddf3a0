"""A wall clock that tests can move, by the library of the package `faketime`; monotonic time stays true."""

from pathlib import Path


def library() -> Path | None:
    """Where it is installed, if it is."""
    return next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)


class WallClock:
    """Of one process, which is to be started with `environment`."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.jump(0)

    @property
    def environment(self) -> dict[str, str]:
        """Empty where the library is not installed: then the process goes by the machine's clock."""
        found = library()
        if found is None:
            return {}
        return {
            "LD_PRELOAD": str(found),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_RESET": "1",
        }

    def jump(self, seconds: float) -> None:
        """From now on, within a second, the clock is off by these seconds."""
        self._file.write_text(f"{seconds:+.0f}s\n")
