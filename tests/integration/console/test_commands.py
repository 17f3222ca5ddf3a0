"""The commands `zufall moderator invite` and `zufall moderator audit`."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.reports.shell.storage.database import open_engine
from services.reports.shell.storage.tables import audit

from ...audit import CONSOLE_KEYS
from ...databases import new_sqlite
from ..reports_service import NO_NATS, reports_service
from ..zufall_command import ZufallCommand
from .api_moderator import anonymous


async def test_an_operator_invites_the_first_admin(
    zufall: ZufallCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = new_sqlite(tmp_path)
    monkeypatch.setenv("ZUFALL_DATABASE", database)
    monkeypatch.setenv("ZUFALL_CONSOLE_KEYS", CONSOLE_KEYS)
    async with reports_service(database, NO_NATS) as replica, anonymous(replica, "ann") as ann:
        monkeypatch.setenv("ZUFALL_CONSOLE_ORIGINS", f"{replica.console},http://other")
        status, said, _ = await zufall("moderator", "invite", "Ann", "--role", "admin")
        assert status == 0
        link = link_in(said)
        assert link.startswith(f"{replica.console}/console#invitation=")
        await ann.accept_invitation(link)
        assert (await ann.get("/session")).content["role"] == "admin"
        status, _, complaint = await zufall("moderator", "invite", "ann")
        assert status == 1
        assert complaint == (
            "zufall: there is an account ann already: --again invites them again, and ends their password\n"
        )
        status, said, _ = await zufall("moderator", "invite", "ann", "--again")
        assert status == 0
        assert (await ann.get("/session")).content["code"] == "not_logged_in"
        status, _, complaint = await zufall("moderator", "invite", "nobody", "--again")
        assert (status, complaint) == (
            1,
            "zufall: there is no account nobody: leave out --again to make one\n",
        )
        await ann.accept_invitation(link_in(said))
        assert (await ann.get("/session")).content["role"] == "admin", "it stays as it was"
        await zufall("moderator", "invite", "boss", "--role", "admin")  # or no admin would be left
        status, said, _ = await zufall("moderator", "invite", "ann", "--again", "--role", "viewer")
        await ann.accept_invitation(link_in(said))
        assert (await ann.get("/session")).content["role"] == "viewer"
        status, _, complaint = await zufall("moderator", "invite", "<b>")
        assert status == 1
        assert "a-z" in complaint


async def test_who_was_no_admin_is_invited_again_where_nobody_is_one(
    zufall: ZufallCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = new_sqlite(tmp_path)
    monkeypatch.setenv("ZUFALL_DATABASE", database)
    monkeypatch.setenv("ZUFALL_CONSOLE_KEYS", CONSOLE_KEYS)
    async with reports_service(database, NO_NATS):
        await zufall("moderator", "invite", "ann", "--role", "moderator")
        status, said, _ = await zufall("moderator", "invite", "ann", "--role", "moderator", "--again")
        assert (status, said[:3]) == (0, "ann")
        await zufall("moderator", "invite", "ann", "--role", "admin", "--again")
        status, _, complaint = await zufall("moderator", "invite", "ann", "--role", "moderator", "--again")
        assert (status, complaint) == (1, "zufall: no admin would be left\n")


def link_in(said: str) -> str:
    (link,) = (line.strip() for line in said.splitlines() if "#invitation=" in line)
    return link


async def test_an_operator_checks_the_audit_log(
    zufall: ZufallCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = new_sqlite(tmp_path)
    monkeypatch.setenv("ZUFALL_DATABASE", database)
    monkeypatch.setenv("ZUFALL_CONSOLE_KEYS", CONSOLE_KEYS)
    monkeypatch.setenv("ZUFALL_CONSOLE_ORIGINS", "http://console")
    status, said, _ = await zufall("moderator", "audit")
    assert (status, said.partition(";")[0]) == (0, "the audit log is whole")
    for name in ("ann", "bob"):
        await zufall("moderator", "invite", name)
    _, said, _ = await zufall("moderator", "audit")
    noted = said.split()[-1]
    _, _, logged = await zufall("moderator", "invite", "eve")
    assert "action=account.invited" in logged
    assert "hash=" in logged, "each entry is a line"
    assert (await zufall("moderator", "audit", "--head", noted))[0] == 0
    other = noted[:-1] + ("0" if noted[-1] != "0" else "1")
    for wrong, why in ((other, "changed"), ("9" + noted, "cut"), ("1:" + noted.partition(":")[2], "changed")):
        status, _, complaint = await zufall("moderator", "audit", "--head", wrong)
        assert (status, why in complaint) == (1, True)
    assert (await zufall("moderator", "audit", "--head", "noted"))[0] == 1
    anchors = tmp_path / "anchors"
    anchors.write_text(f"{noted} 2026-01-01T00:00:00Z\n")
    assert (await zufall("moderator", "audit", "--anchors", str(anchors)))[0] == 0
    engine = open_engine(database)
    async with engine.begin() as connection:
        await connection.execute(sa.update(audit).where(audit.c.sequence == 2).values(actor="somebody else"))
    await engine.dispose()
    status, _, complaint = await zufall("moderator", "audit")
    assert (status, "entry 2" in complaint) == (1, True)
    status, said, complaint = await zufall("moderator", "audit", "--json")
    assert (status, json.loads(said)["whole"], "entry 2" in complaint) == (1, False, False)
    assert "entry 2" in json.loads(said)["problems"][0]
    status, said, logged = await zufall("moderator", "audit", "--acknowledge", "it was a test")
    assert (status, "entry 2" in said) == (0, True)
    assert "action=log.acknowledged" in logged
    assert (await zufall("moderator", "audit"))[0] == 0, "the alarm ends"


async def test_a_missing_setting_is_named(
    zufall: ZufallCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ZUFALL_DATABASE", "ZUFALL_CONSOLE_KEYS", "ZUFALL_CONSOLE_ORIGINS"):
        monkeypatch.delenv(name, raising=False)
    status, _, complaint = await zufall("moderator", "invite", "ann", "--data", str(tmp_path))
    assert (status, "ZUFALL_DATABASE" in complaint) == (1, True)
    monkeypatch.setenv("ZUFALL_DATABASE", new_sqlite(tmp_path))
    status, _, complaint = await zufall("moderator", "invite", "ann", "--data", str(tmp_path))
    assert (status, "ZUFALL_CONSOLE_KEYS" in complaint) == (1, True)
    monkeypatch.setenv("ZUFALL_CONSOLE_KEYS", CONSOLE_KEYS)
    status, said, _ = await zufall("moderator", "invite", "ann", "--data", str(tmp_path))
    assert (status, "http://127.0.0.1:7022/console#invitation=" in said) == (0, True), "in a pod"
