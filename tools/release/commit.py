"""The commit that a release is built from."""

import subprocess
import tarfile
import tomllib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path


class CannotRelease(Exception):
    """Something keeps the release from being made; the message is one sentence for its maintainer."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit of a git repository. `time` is when it was made, in Unix seconds."""

    project: Path
    version: str
    revision: str
    time: int
    source: str
    """The address of the repository, or an empty text if it has none."""

    def export(self, into: Path) -> None:
        """Write its files into a folder."""
        archive = _git(self.project, "archive", "--format=tar", self.revision)
        with tarfile.open(fileobj=BytesIO(archive)) as tar:
            tar.extractall(into, filter="data")


def read_commit(project: Path) -> Commit:
    """Return what is checked out. Raises `CannotRelease` if files differ from it."""
    if changed := _git(project, "status", "--porcelain").decode():
        raise CannotRelease(f"a release is built from a commit, but these files differ from it:\n{changed}")
    revision, time = _git(project, "log", "-1", "--format=%H %ct").decode().split()
    remote = _git(project, "config", "--default", "", "remote.origin.url").decode().strip()
    version = tomllib.loads((project / "pyproject.toml").read_text())["project"]["version"]
    return Commit(project, version, revision, int(time), remote if "://" in remote else "")


def _git(project: Path, *words: str) -> bytes:
    return subprocess.run(["git", "-C", str(project), *words], check=True, capture_output=True).stdout
