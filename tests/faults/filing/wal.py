"""The write-ahead log of SQLite: which of its frames a commit covers.

`python -m tests.faults.filing.wal FILE PID` kills the process as soon as its next commit is in the log FILE.
It looks at it all the time, so it is a process of its own; it says `watching` when it does.
"""

import os
import signal
import struct
import sys
from pathlib import Path

HEADER, FRAME = 32, 24
"""Sizes in bytes of the headers of the log and of a frame (https://sqlite.org/fileformat2.html)."""


class WriteAheadLog:
    """Reads the frames that are valid by their salts, whether or not a commit covers them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.frames = 0
        self.committed = True
        self._salts = b""
        self._page = 0

    def read(self) -> bool:
        """Read the log, and return whether it has new frames."""
        try:
            file = os.open(self._path, os.O_RDONLY)
        except FileNotFoundError:
            return False
        try:
            return self._read(file)
        finally:
            os.close(file)

    def _read(self, file: int) -> bool:
        header = os.pread(file, HEADER, 0)
        if len(header) < HEADER:
            return False
        if header[16:24] != self._salts:  # it begins anew after a checkpoint
            self._salts, self.frames = header[16:24], 0
            self._page = struct.unpack(">I", header[8:12])[0]
        before = self.frames
        while self._next(file):
            self.frames += 1
        return self.frames > before

    def _next(self, file: int) -> bool:
        frame = os.pread(file, FRAME, HEADER + self.frames * (FRAME + self._page))
        if len(frame) < FRAME or frame[8:16] != self._salts:
            return False
        self.committed = frame[4:8] != b"\0\0\0\0"  # the size of the database after the commit
        return True


def main(file: str, pid: str) -> None:
    log = WriteAheadLog(Path(file))
    log.read()
    print("watching", flush=True)
    while not (log.read() and log.committed):
        pass
    os.kill(int(pid), signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
