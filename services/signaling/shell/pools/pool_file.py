"""Reads the operator's file of named pools. Every mistake is told at once."""

import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from services.contract.limits import MAX_INTERESTS
from services.contract.presence import MAX_POOLS
from services.contract.toml_table import InvalidToml, TomlTable, parse_toml

from ...core.messages import MAX_INTEREST_LENGTH
from ...core.opening_hours import OpeningHours, OpenPeriod, WeeklyTime
from ..site.site import Logo, origin_of, parse_url
from ..site.site_files import read_picture
from .named_pool import NamedPool, NamedPools

PICTURE_BYTES = 512 * 1024
_FILE_BYTES = 1024 * 1024

_MAX_EMBED = 20
_YOUNGEST, _OLDEST = 18, 99
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAME = re.compile(r"[a-z0-9-]{1,32}")
_TIME = re.compile(r"(\w{3}) ([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
_DAY = 24 * 60


def read_pools(path: str) -> NamedPools:
    """Read the TOML file at `path`. Its pictures lie beside it. Raises `ValueError` with every mistake."""
    file = Path(path)
    try:
        with file.open("rb") as opened:
            body = opened.read(_FILE_BYTES + 1)
        text = body.decode()
    except OSError as error:
        raise ValueError(f"{file} cannot be read ({error.strerror or error})") from None
    except UnicodeDecodeError:
        raise ValueError(f"{file} is not UTF-8") from None
    if len(body) > _FILE_BYTES:
        raise ValueError(f"{file} has more than {_FILE_BYTES} bytes")
    try:
        return parse_toml(text, lambda table, problems: _pools(table, problems, file.parent))
    except InvalidToml as invalid:
        raise ValueError(f"{file}: {'; '.join(invalid.problems)}") from None


def _pools(table: TomlTable, problems: list[str], folder: Path) -> NamedPools:
    pools = [_pool(one, folder) for one in table.tables("pool")]
    table.refuse_unread()
    names = [pool.name for pool in pools]
    problems += [f"two pools are named {name!r}" for name in dict.fromkeys(names) if names.count(name) > 1]
    if len(pools) > MAX_POOLS:
        problems.append(f"{len(pools)} pools are more than {MAX_POOLS}")
    return NamedPools(pools)


def _pool(table: TomlTable, folder: Path) -> NamedPool:
    name = table.text("name", 32)
    if not _NAME.fullmatch(name):
        table.problem("name must be 1 to 32 lower-case letters, digits and hyphens")
    pool = NamedPool(
        name,
        table.texts("title", 60),
        table.texts("text", 300),
        _hours(table),
        _picture(table, folder),
        table.words("interests", MAX_INTERESTS, MAX_INTEREST_LENGTH),
        int(table.optional_number("minimum_age", _YOUNGEST, _OLDEST) or _YOUNGEST),
        _embed(table),
    )
    table.refuse_unread()
    return pool


def _hours(table: TomlTable) -> OpeningHours:
    zone = _zone(table, table.optional_text("time_zone", 64) or "UTC")
    weekly = [_weekly(table, one) for one in table.words("weekly", 50, 32)]
    begin, end = table.optional_local_time("from"), table.optional_local_time("to")
    if weekly and (begin or end):
        table.problem("a pool has weekly times, or opens once with from and to")
    return OpeningHours(zone, [one for one in weekly if one], _once(table, zone, begin, end))


def _zone(table: TomlTable, name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        table.problem(f"time_zone: {name!r} is not known; name it such as Europe/Berlin")
        return ZoneInfo("UTC")


def _once(
    table: TomlTable, zone: ZoneInfo, begin: datetime | None, end: datetime | None
) -> OpenPeriod | None:
    if begin is None and end is None:
        return None
    if begin is None or end is None or begin >= end:
        table.problem("from must come with to, which is later")
        return None
    return OpenPeriod(begin.replace(tzinfo=zone).timestamp(), end.replace(tzinfo=zone).timestamp())


def _weekly(table: TomlTable, text: str) -> WeeklyTime | None:
    """Parse `Fri 19:00-23:00`. A time that ends no later than it begins ends on the next day."""
    found = _TIME.fullmatch(text.strip())
    if not found or found[1].lower() not in _WEEKDAYS or (found[4] == "24" and found[5] != "00"):
        table.problem(f"weekly: {text!r} is not a time such as Fri 19:00-23:00")
        return None
    begin, end = int(found[2]) * 60 + int(found[3]), int(found[4]) * 60 + int(found[5])
    return WeeklyTime(_WEEKDAYS.index(found[1].lower()), begin, end if end > begin else end + _DAY)


def _picture(table: TomlTable, folder: Path) -> Logo | None:
    name = table.optional_text("picture", 255)
    if not name:
        return None
    try:
        return read_picture(str(folder / name), PICTURE_BYTES)
    except ValueError as error:
        table.problem(f"picture: {error}")
        return None


def _embed(table: TomlTable) -> list[str]:
    origins = []
    for text in table.words("embed", _MAX_EMBED, 255):
        try:
            origin = origin_of(parse_url(text))
        except ValueError as error:
            table.problem(f"embed: {error}")
            continue
        if text.rstrip("/").lower() != origin:
            table.problem(f"embed: {text!r} is not an origin such as https://club.example")
        origins.append(origin)
    return origins
