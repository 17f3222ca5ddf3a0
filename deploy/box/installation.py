"""The folder of an installation: its settings in `.env`, its secrets, and the images that it has used.

Everything in `deploy/box`, and what it imports, needs only Python's standard library, so that `./zufall` runs
on a fresh machine.
"""

import fcntl
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

EXAMPLE = """\
ZUFALL_DOMAIN=zufall.example
ZUFALL_MAIL=you@zufall.example
ZUFALL_ADMINISTRATOR=you"""

_DOMAIN = re.compile(r"(?!-)[a-z0-9-]+(\.[a-z0-9-]+)*", re.IGNORECASE)
_LINE = re.compile(r"\s*(?:export\s+)?(\w+)\s*=\s*(.*?)\s*")
_KEYS = (
    "token_keys", "pass_keys", "console_keys", "moderator_token", "turn_secret", "postgres_password",
    "grafana_password",
)  # fmt: skip
_OPTIONAL = ("oidc_client_secret", "alarm_webhook_secret", "smtp_password", "rclone_conf")
_OLDER = 3
"""The number of former images of which the names are kept."""


class Unusable(Exception):
    """The command cannot do its work. The message is a sentence for the operator."""


@dataclass(frozen=True)
class Installation:
    """The files of one installation. `settings` are the variables in `.env`."""

    folder: Path
    settings: Mapping[str, str]

    @property
    def secrets(self) -> Path:
        return self.folder / "secrets"

    @property
    def images(self) -> tuple[str, ...]:
        """The names of the images that were used, the present one first."""
        try:
            return tuple(self._images_file.read_text().split())
        except FileNotFoundError:
            return ()

    def use_image(self, name: str) -> None:
        """Remember `name` as the present image, and the ones before it."""
        names = [name, *(one for one in self.images if one != name)]
        self._images_file.write_text("".join(f"{one}\n" for one in names[: 1 + _OLDER]))

    @property
    def _images_file(self) -> Path:
        return self.folder / ".images"

    def make_secrets(self, backup_identity: str) -> list[str]:
        """Make the files of secrets that are missing, and return their names.

        A secret that `.env` sets is written again when it has changed. Containers run as other users than the
        owner of the folder. So each file is readable to all, and the folder only to its owner: a container
        sees only the files that it gets. A file is changed in place, for a container would not see a new one.
        """
        self.secrets.mkdir(mode=0o700, exist_ok=True)
        made = [name for name in _KEYS if self._write_secret(name, secrets.token_urlsafe(32))]
        made += [name for name in _OPTIONAL if self._write_secret(name, "")]
        owner = self._read_secret("postgres_password")
        for name, user, password in (
            ("database_owner", "zufall_owner", owner),
            ("database", "zufall", secrets.token_urlsafe(32)),
        ):
            if self._write_secret(name, f"postgresql+asyncpg://{user}:{password}@postgres:5432/zufall"):
                made.append(name)
        if self._write_secret("backup_identity", backup_identity):
            made.append("backup_identity")
        return made

    def _write_secret(self, name: str, new: str) -> bool:
        given, file = self.settings.get(f"ZUFALL_{name.upper()}"), self.secrets / name
        if given is None and file.exists():
            return False
        text = new if given is None else given
        if file.exists() and file.read_text() == text:
            return False
        file.write_text(text)
        file.chmod(0o644)
        return True

    def _read_secret(self, name: str) -> str:
        return (self.secrets / name).read_text()


def open_installation(folder: Path) -> Installation:
    """Read `.env` in `folder`. Raises `Unusable` with everything that is missing or wrong in it."""
    try:
        text = (folder / ".env").read_text()
    except FileNotFoundError:
        raise Unusable(
            f"write these three lines, with your own values, into {folder / '.env'}:\n{EXAMPLE}"
        ) from None
    settings = read_settings(text)
    if found := problems(settings):
        raise Unusable(f"in {folder / '.env'}:\n" + "\n".join(f"  {problem}" for problem in found))
    return Installation(folder, settings)


def read_settings(text: str) -> dict[str, str]:
    """Return the variables in the text of an env file. A value may stand in quotes."""
    matches = (_LINE.fullmatch(line) for line in text.splitlines() if not line.lstrip().startswith("#"))
    return {match[1]: _unquoted(match[2]) for match in matches if match}


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1]
    return value.split(" #")[0].rstrip()


def problems(settings: Mapping[str, str]) -> list[str]:
    """Return a sentence for each of the three lines that is missing or makes no sense."""
    domain, mail = settings.get("ZUFALL_DOMAIN", ""), settings.get("ZUFALL_MAIL", "")
    found = []
    if not _DOMAIN.fullmatch(domain):
        found.append(f"ZUFALL_DOMAIN must be the name of the site, such as zufall.example, and is {domain!r}")
    if "@" not in mail.strip("@"):
        found.append(f"ZUFALL_MAIL must be your mail address, for certificates and alerts, and is {mail!r}")
    if not settings.get("ZUFALL_ADMINISTRATOR"):
        found.append("ZUFALL_ADMINISTRATOR must be the name with which you will log in to the console")
    return found


@contextmanager
def exclusive_lock(folder: Path) -> Iterator[None]:
    """Hold the lock of the installation. Raises `Unusable` if another command holds it."""
    with open(folder / ".lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Unusable("another ./zufall is at work here: wait until it is done") from None
        yield
