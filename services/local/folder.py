"""The data folder of `zufall run`: database, keys and addresses. Only one run uses it at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.contract.keys import new_key, parse_key, parse_ring

from .plan import CONSOLE_KEYS, CannotRun

_KEYS = {
    "ZUFALL_TOKEN_KEYS": parse_ring,
    "ZUFALL_PASS_KEYS": parse_ring,
    CONSOLE_KEYS: parse_ring,
    "ZUFALL_MODERATOR_TOKEN": parse_key,
}


@contextmanager
def locked(data: Path) -> Iterator[dict[str, str]]:
    """Lock the folder and yield the keys of the installation, which the first start makes.

    The lock ends with this block, or with the process. Raises `CannotRun`.
    """
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = open(data / "lock", "w")  # noqa: SIM115 -- stays open beyond this block
    except OSError as error:
        raise _unusable(data, error) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotRun(
                f"another `zufall run` uses the folder {data}: stop it, or choose another with --data"
            ) from None
        try:
            yield _secrets(data / "secrets.env")
        finally:
            (data / "run.json").unlink(missing_ok=True)


def _secrets(path: Path) -> dict[str, str]:
    try:
        if not path.exists():
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.writelines(f"{name}={new_key()}\n" for name in _KEYS)
    except OSError as error:
        raise _unusable(path.parent, error) from None
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        raise CannotRun(
            f"the keys in {path} cannot be read ({error.strerror}): start as the owner of this file"
        ) from None
    except ValueError:
        raise CannotRun(f"the keys in {path} cannot be read: the file is no text") from None
    given = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    # Older versions made no console keys, and called the one token key differently.
    added = {CONSOLE_KEYS: new_key(), "ZUFALL_TOKEN_KEYS": given.get("ZUFALL_TOKEN_KEY", "")}
    secrets = {**added, **given}
    for name, parse in _KEYS.items():
        try:
            parse(secrets.get(name, ""))
        except ValueError as error:
            raise CannotRun(
                f"{name} in {path} is not usable ({error}): put in the line that `zufall keys` prints"
            ) from None
    for name in added.keys() - given.keys():
        _add(path, f"{name}={secrets[name]}\n")
    return secrets


def _add(path: Path, line: str) -> None:
    try:
        with path.open("a") as file:
            file.write(line)
    except OSError as error:
        raise _unusable(path.parent, error) from None


def _unusable(data: Path, error: OSError) -> CannotRun:
    return CannotRun(f"the folder {data} cannot be written to ({error.strerror}): choose another with --data")
