"""Tests `zufall policy` on the cases of a real database."""

import json
from pathlib import Path

import pytest

from protos import reports_pb2 as pb
from services.contract.ids import VisitorId, random_id
from services.reports.shell import policy_file as policy_file

from .reports_service import file_request, past_match, reports_service
from .zufall_command import ZufallCommand

DEFAULT = Path(policy_file.__file__).with_name("policy.toml")


def harsh(folder: Path) -> str:
    """Return a policy that bans somebody whom one new stranger reports for nudity, as old ones could."""
    text = DEFAULT.read_text().replace('"default-5"', '"harsh-1"')
    history = text.index("[history]")
    text = text[:history] + text[text.index("# Flags are what") :]
    start = text.index("\n[[action]]")
    path = folder / "harsh.toml"
    path.write_text(
        text[:start] + '\n[[action]]\nfrom_score = 0.4\nlevel = "banned"\nhours = 24\nnetworks = 1\n'
    )
    return str(path)


async def test_a_policy_is_replayed_on_past_cases(
    database: str, zufall: ZufallCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, wrong, nobody = (VisitorId(random_id()) for _ in range(3))
    async with reports_service(database, "nats://127.0.0.1:1") as replica:
        for accused in (right, wrong, nobody):
            await replica.reports.File(file_request(past_match(accused=accused), network=b"network"))
        await replica.decide(right, pb.LEVEL_BANNED)
        await replica.decide(wrong, pb.LEVEL_GOOD)
    monkeypatch.setenv("ZUFALL_DATABASE", database)
    status, said, _ = await zufall("policy", "replay", harsh(tmp_path), "--each")
    assert status == 0
    assert "actions upheld softened overturned unclear undecided" in " ".join(said.split())
    assert "banned 0 → 3 0 → 1 0 0 → 1 0 0 → 1" in " ".join(said.split())
    assert "3 of 3 cases differ between default-5 and harsh-1." in said
    assert f"{wrong}: nothing → banned for 1 d" in said
    status, said, _ = await zufall("policy", "replay", str(DEFAULT))
    assert "0 of 3 cases differ" in said
    status, said, _ = await zufall("policy", "replay", harsh(tmp_path), "--json")
    replayed = json.loads(said)
    assert (status, replayed["cases"], len(replayed["differences"])) == (0, 3, 3)


async def test_without_cases_or_a_database_it_says_so(
    database: str, zufall: ZufallCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, _, complaint = await zufall("policy", "replay", str(DEFAULT), "--data", str(tmp_path / "none"))
    assert (status, "set ZUFALL_DATABASE" in complaint) == (1, True)
    async with reports_service(database, "nats://127.0.0.1:1"):
        pass
    monkeypatch.setenv("ZUFALL_DATABASE", database)
    assert await zufall("policy", "replay", str(DEFAULT)) == (0, "no cases yet\n", "")


async def test_the_policy_in_force_is_shown_to_start_from(
    zufall: ZufallCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await zufall("policy", "show") == (0, DEFAULT.read_text(), "")
    own = tmp_path / "own.toml"
    own.write_text(DEFAULT.read_text().replace("default-5", "own-1"))
    monkeypatch.setenv("ZUFALL_POLICY", str(own))
    _, said, _ = await zufall("policy", "show", "--json")
    assert json.loads(said) == {"version": "own-1", "text": own.read_text()}
    monkeypatch.setenv("ZUFALL_POLICY", str(tmp_path / "none.toml"))
    status, _, complaint = await zufall("policy", "show")
    assert (status, "No such file" in complaint) == (1, True)


async def test_a_policy_is_checked(zufall: ZufallCommand, tmp_path: Path) -> None:
    assert await zufall("policy", "check", str(DEFAULT)) == (0, "default-5: valid, with 3 actions\n", "")
    _, said, _ = await zufall("policy", "check", str(DEFAULT), "--json")
    assert json.loads(said) == {"version": "default-5", "valid": True, "actions": 3}
    path = tmp_path / "bad.toml"
    path.write_text(DEFAULT.read_text().replace("hours = 24", "hours = 999"))
    status, said, complaint = await zufall("policy", "check", str(path))
    first, *problems = complaint.splitlines()
    assert (status, said, first) == (2, "", f"zufall: {path} is not a usable policy:")
    assert "  [[action]] 1: hours must be above 0 and at most 168" in problems
    status, said, complaint = await zufall("policy", "check", str(path), "--json")
    told = {"valid": False, "problems": [problem.strip() for problem in problems]}
    assert (status, json.loads(said), complaint) == (2, told, "")
    status, _, complaint = await zufall("policy", "check", harsh(tmp_path))
    assert (status, "history or flood is missing" in complaint) == (2, True)
