"""The bot of the README does what the README says."""

import asyncio
from pathlib import Path

from bench.client import echo_bot

from .scripted_gateway import SEARCHING, ScriptedGateway, matched, until, welcome

FOLDER = Path(echo_bot.__file__).parent


def test_the_readme_shows_the_bot() -> None:
    assert f"```python\n{(FOLDER / 'echo_bot.py').read_text()}```" in (FOLDER / "README.md").read_text()


async def test_it_repeats_what_a_stranger_says() -> None:
    gateway = ScriptedGateway({"hello": [welcome()], "find": [SEARCHING, matched("m")]})
    running = asyncio.create_task(echo_bot.run("token", gateway.dial))
    await until(lambda: len(gateway.heard) == 3)
    gateway.say("chat", match="m", n=1, text="good morning", id="1")
    await until(lambda: len(gateway.heard) == 5)
    gateway.close(4409)
    assert await running == 4409
    assert gateway.kinds() == ["hello", "find", "chat", "received", "chat"]
    assert gateway.heard[-1] == {"type": "chat", "match": "m", "n": 2, "text": "good morning", "id": "2"}
