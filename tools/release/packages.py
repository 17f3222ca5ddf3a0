"""Builds the wheel and the sdist. Built twice from one commit, they are the same, byte for byte."""

import gzip
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path

_IN_WHEEL = ("services", "protos", "requirements", "pyproject.toml", "README.md", "LICENSE")
"""What packages are built from. Benchmarks and tools run only in a checkout."""

_HOOKS = "import sys, setuptools.build_meta as build; print(getattr(build, sys.argv[1])(sys.argv[2]))"
"""A program that calls a hook of PEP 517 of the project's backend."""


def build_packages(
    tree: Path, built: Mapping[str, Path], revision: str, time: int, into: Path
) -> tuple[Path, Path]:
    """Build from the project's files in `tree`, and return the wheel and the sdist.

    `built` are files and folders that are not in git, by their names in `services/release`. All times in the
    packages are `time`, in Unix seconds.
    """
    stage = into / "stage"
    _stage(tree, built, revision, stage)
    names = [_call(hook, stage, time, into) for hook in ("build_sdist", "build_wheel")]
    shutil.rmtree(stage)
    sdist, wheel = (into / name for name in names)
    _normalise(sdist, time)
    return wheel, sdist


def _stage(tree: Path, built: Mapping[str, Path], revision: str, stage: Path) -> None:
    release = stage / "services" / "release"
    for name in _IN_WHEEL:
        _copy(tree / name, stage / name)
    for name, path in built.items():
        _copy(path, release / name)
    (release / "revision").write_text(f"{revision}\n")
    for path in (stage, *stage.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)  # whatever the umask is


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copyfile(source, target)


def _call(hook: str, stage: Path, time: int, into: Path) -> str:
    """Call a hook of the build backend, and return the name of the file that it made."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(time), "PYTHONHASHSEED": "0"}
    environment.pop("PYTHONPATH", None)
    called = subprocess.run(
        [sys.executable, "-c", _HOOKS, hook, str(into.absolute())],
        cwd=stage, env=environment, umask=0o022, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return called.stdout.splitlines()[-1]


def _normalise(sdist: Path, time: int) -> None:
    """Write the sdist again, in order, with one time and no names of users. setuptools does not do that."""
    unsorted = sdist.with_suffix(".unsorted")
    sdist.rename(unsorted)
    with (
        tarfile.open(unsorted) as old,
        sdist.open("wb") as file,
        gzip.GzipFile("", "wb", fileobj=file, mtime=time) as packed,
        tarfile.open(fileobj=packed, mode="w") as new,
    ):
        for member in sorted(old.getmembers(), key=lambda member: member.name):
            content = old.extractfile(member)
            member.mtime, member.uid, member.gid, member.uname, member.gname = time, 0, 0, "", ""
            member.pax_headers = {}
            new.addfile(member, content)
    unsorted.unlink()
