"""Tests `zufall reports list` and `zufall moderator` against a running service."""

import asyncio
import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from protos import reports_pb2 as pb
from services import cli
from services.contract.ids import random_id
from services.contract.keys import new_key, parse_key
from services.contract.tokens import TokenSigner
from services.reports.shell.storage.report_store import NOTHING_TO_LIFT

from ..databases import new_sqlite
from ..servers import free_port
from .reports_service import TOKEN, ReportsReplica, file_request, past_match, reports_service
from .zufall_command import ZufallCommand


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def leave(data: Path, address: str, token: str = TOKEN) -> None:
    """Return a folder with the files that `zufall run` leaves."""
    data.mkdir(exist_ok=True)
    (data / "run.json").write_text(json.dumps({"reports": address}))
    (data / "secrets.env").write_text(f"# kept\nZUFALL_PASS_KEYS=a=b\nZUFALL_MODERATOR_TOKEN={token}\n")


async def test_a_moderator_lists_bans_and_lifts(zufall: ZufallCommand, data: Path, tmp_path: Path) -> None:
    async with reports_service(new_sqlite(tmp_path), "nats://127.0.0.1:1") as replica:
        leave(data, replica.address)
        await check_list(zufall, data, replica)
        await check_show(zufall, data, replica)
        await check_ban(zufall, data)
        await check_same_device(zufall, data, replica)


async def check_same_device(zufall: ZufallCommand, data: Path, replica: ReportsReplica) -> None:
    first, second = (past_match(accused_device=7) for _ in range(2))
    for met in (first, second):
        await replica.reports.File(file_request(met))
    await replica.decide(first.accused, pb.LEVEL_BANNED)
    _, said, _ = await zufall("moderator", "show", second.accused, "--data", str(data))
    told, held, known = said.splitlines()
    assert known == "reports about this visitor: 1, filed by them: 0, decisions: 0"
    assert told == f"{second.accused} has the same device key as this visitor:"
    assert held.startswith(f"{first.accused} is banned")


async def test_a_token_is_revoked_by_itself_or_its_id_also_from_the_input(
    zufall: ZufallCommand, data: Path, tmp_path: Path
) -> None:
    signer = TokenSigner([parse_key(new_key())])
    token = signer.issue(time.time())
    id = signer.verify(token, time.time()).id
    async with reports_service(new_sqlite(tmp_path), "nats://127.0.0.1:1") as replica:
        leave(data, replica.address)
        revoke = ("revoke-token", "--as", "ann", "--reason", "leaked", "--data", str(data))
        for words in ((*revoke, token), (*revoke, id)):
            status, said, _ = await zufall(*words)
            assert (status, said.startswith(f"the token {id} is revoked")) == (0, True)
        typed = await asyncio.to_thread(CliRunner().invoke, cli.zufall, revoke, input=f"{token}\n")
        assert (typed.exit_code, typed.output.startswith(f"the token {id} is revoked")) == (0, True)
        status, _, complaint = await zufall(*revoke, "hello")
    assert (status, "neither a token nor the id of one" in complaint) == (2, True)


async def check_list(zufall: ZufallCommand, data: Path, replica: ReportsReplica) -> None:
    assert await zufall("reports", "list", "--data", str(data)) == (0, "no reports yet\n", "")
    met = past_match()
    await replica.reports.File(
        file_request(met, reason=pb.REASON_SELF_HARM, note="\x1b[2J\nhe\tdid " + "x" * 99)
    )
    status, said, complaint = await zufall("reports", "list", "--data", str(data))
    assert (status, complaint) == (0, "")
    head, row = said.splitlines()
    assert head.split()[:7] == ["FILED", "REPORT", "REASON", "ACCUSED", "REPORTER", "FRAMES", "CHAT"]
    assert head.endswith("THE REPORTER SAYS"), "the note is their word"
    assert row.split()[2:7] == ["self_harm", met.accused, met.reporter, "0", "0"]
    assert row.isprintable()
    assert row.endswith("…")
    _, said, _ = await zufall("reports", "list", "--json", "--limit", "5", "--data", str(data))
    (report,) = json.loads(said)
    assert (report["accused"], report["match"], report["reason"]) == (met.accused, met.match, "self_harm")
    said_so = past_match(said=[(True, "hi")])
    lines = [pb.ChatLine(from_accused=True, text=text) for text in ("hi", "forged")]
    call = pb.ClaimedCall(seconds=34, ending=pb.ENDING_NEXT)
    await replica.reports.File(file_request(said_so, chat=tuple(lines), call=call))
    _, said, _ = await zufall("reports", "list", "--data", str(data))
    assert "1 of 2 proven" in said.splitlines()[1]
    _, said, _ = await zufall("reports", "list", "--json", "--data", str(data))
    assert [(one["chat_lines"], one["proven_lines"]) for one in json.loads(said)] == [(2, 1), (0, 0)]
    assert [one["call_ending"] for one in json.loads(said)] == ["next", ""]
    assert "call_ending" in json.loads(said)[0]["claimed"]
    await replica.reports.File(file_request(past_match(), flag=True))
    _, said, _ = await zufall("reports", "list", "--data", str(data))
    assert said.splitlines()[1].split()[2] == "nudity-flag"
    _, said, _ = await zufall("reports", "list", "--json", "--data", str(data))
    assert [one["flag"] for one in json.loads(said)] == [True, False, False]


async def check_show(zufall: ZufallCommand, data: Path, replica: ReportsReplica) -> None:
    met = past_match(said=[(True, "hi")])
    lines = [pb.ChatLine(from_accused=True, text="hi"), pb.ChatLine(text="\x1b[2Jno")]
    call = pb.ClaimedCall(seconds=34, ending=pb.ENDING_STOP)
    filed = await replica.reports.File(file_request(met, note="rude", chat=tuple(lines), call=call))
    there = ("--data", str(data))
    status, said, _ = await zufall("reports", "show", filed.report, *there)
    assert (status, said.isprintable() or "\n" in said, "\x1b" in said) == (0, True, False)
    assert said.splitlines()[-2:] == ["accused   hi", "reporter   [2Jno  (claimed by the reporter)"]
    told = dict(line.split("  ", 1) for line in said.partition("\n\n")[0].splitlines())
    assert (told["accused"].strip(), told["note"].strip()) == (met.accused, "rude")
    assert told["how it ended"].strip() == "the accused stopped"
    _, said, _ = await zufall("reports", "show", filed.report, "--json", *there)
    assert json.loads(said)["chat"] == [
        {"by": "accused", "text": "hi", "proven": True},
        {"by": "reporter", "text": "\x1b[2Jno", "proven": False},
    ]
    status, said, complaint = await zufall("reports", "show", "nothing", *there)
    assert (status, said, "`zufall reports list` shows their ids" in complaint) == (1, "", True)


async def check_ban(zufall: ZufallCommand, data: Path) -> None:
    visitor = random_id()
    there = ("--data", str(data))
    good = f"{visitor} is in good standing\n"
    nobody = "nothing is known of this visitor: no report and no decision is kept\n"
    assert await zufall("moderator", "show", visitor, *there) == (0, good + nobody, "")
    ban = ("moderator", "ban", visitor, "--for", "1h", "--rule", "nudity", "--reason", "seen", *there)
    status, said, _ = await zufall(*ban)
    assert status == 0
    assert said.startswith(f"{visitor} is banned until 20")
    assert "nudity, decided by a moderator" in said
    counted = "reports about this visitor: 0, filed by them: 0, decisions: {}\n"
    assert await zufall("moderator", "show", visitor, *there) == (0, said + counted.format(1), "")
    assert await zufall("moderator", "lift", visitor, *there) == (0, good, "")
    status, _, complaint = await zufall("moderator", "lift", visitor, *there)
    assert (status, complaint) == (1, f"zufall: {NOTHING_TO_LIFT}\n")
    assert await zufall("moderator", "show", visitor, *there) == (0, good + counted.format(2), "")
    for word, level in (("restrict", "restricted"), ("watch", "watched")):
        status, said, _ = await zufall(
            "moderator", word, visitor, "--for", "1h", "--rule", "spam", "--json", *there
        )
        assert (status, json.loads(said)["level"]) == (0, level)
    status, said, _ = await zufall("moderator", "show", visitor, "--json", *there)
    shown = json.loads(said)
    assert (status, shown["asked"], shown["level"], shown["decisions"]) == (0, visitor, "watched", 4)
    lasting = ("--for", "permanent", "--rule", "spam", "--evidence", "flags")
    forever = ("moderator", "ban", visitor, *lasting, *there)
    assert "without an end: spam" in (await zufall(*forever))[1]
    commands: tuple[tuple[str, ...], ...] = (("ban", "--for", "7d", "--rule", "spam"), ("show",), ("lift",))
    for command in commands:
        for name in ("nobody", visitor[:-1], f"{visitor[:7]}…"):
            status, said, complaint = await zufall("moderator", *command, name, *there)
            assert (status, said, "22 letters" in complaint) == (2, "", True)


async def test_a_wrong_token_is_said_in_a_sentence(zufall: ZufallCommand, data: Path, tmp_path: Path) -> None:
    async with reports_service(new_sqlite(tmp_path), "nats://127.0.0.1:1") as replica:
        leave(data, replica.address, "some other token of somebody")
        status, said, complaint = await zufall("reports", "list", "--data", str(data))
    assert (status, said) == (1, "")
    assert complaint.count("\n") == 1
    assert "refuses this moderator token" in complaint


async def test_a_service_that_does_not_run_is_said_in_a_sentence(zufall: ZufallCommand, data: Path) -> None:
    leave(data, f"127.0.0.1:{free_port()}")
    for command in (("reports", "list"), ("moderator", "show", random_id())):
        status, _, complaint = await zufall(*command, "--data", str(data))
        assert status == 1
        assert complaint.count("\n") == 1
        assert "is it running?" in complaint


async def test_without_a_folder_it_says_what_to_do(
    zufall: ZufallCommand, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, _, complaint = await zufall("reports", "list", "--data", str(data))
    assert (status, "ZUFALL_REPORTS" in complaint) == (1, True)
    monkeypatch.setenv("ZUFALL_REPORTS", "localhost")
    status, _, complaint = await zufall("reports", "list", "--data", str(data))
    assert (status, "ZUFALL_MODERATOR_TOKEN" in complaint) == (1, True)
    monkeypatch.setenv("ZUFALL_MODERATOR_TOKEN", TOKEN)
    status, _, complaint = await zufall("reports", "list", "--data", str(data))
    assert (status, "not host:port" in complaint) == (1, True)


@pytest.mark.parametrize(
    "words",
    [
        ("--for", "999999999999d"),
        ("--for", "1"),
        ("--for", "0h"),
        ("--for", "h"),
        ("--for", "1h", "--rule", "x"),
    ],
)
async def test_a_time_or_rule_that_is_none_is_a_usage_error(
    zufall: ZufallCommand, words: tuple[str, ...]
) -> None:
    status, _, complaint = await zufall("moderator", "ban", random_id(), "--rule", "spam", *words)
    assert (status, "Usage: zufall moderator ban" in complaint) == (2, True)
