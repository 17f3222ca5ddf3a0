"""Starts Firefox behind a proxy that answers a command of WebDriver BiDi which Firefox does not know yet.

Playwright sets the colours of the system in each new context. Firefox 153, which Debian has, does not know
this command, and Playwright gives up. So this program is started in place of Firefox, with its path and
arguments. It can be deleted when Debian's Firefox knows the command.
"""

import asyncio
import json
import re
import sys

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, web

_UNKNOWN = {"emulation.setMediaFeaturesOverride"}
_LISTENS = re.compile(rb"WebDriver BiDi listening on (ws://\S+)")
_ANY_SIZE = 0

Socket = web.WebSocketResponse | ClientWebSocketResponse


async def run(firefox: str, *arguments: str) -> None:
    """Run Firefox until it ends, and say like Firefox where the proxy listens."""
    process = await asyncio.create_subprocess_exec(firefox, *arguments, stderr=asyncio.subprocess.PIPE)
    assert process.stderr is not None
    async for line in process.stderr:
        if found := _LISTENS.search(line):
            await _listen(found[1].decode())
        else:
            sys.stderr.buffer.write(line)
            sys.stderr.buffer.flush()
    await process.wait()


async def _listen(address: str) -> None:
    async def relay(request: web.Request) -> web.WebSocketResponse:
        client = web.WebSocketResponse(max_msg_size=_ANY_SIZE)
        await client.prepare(request)
        async with (
            ClientSession() as session,
            session.ws_connect(address + request.path, max_msg_size=_ANY_SIZE) as browser,
        ):
            answers = asyncio.create_task(_pass_on(browser, client))
            await _pass_on(client, browser, to_browser=True)
            await browser.close()
            await answers
        return client

    application = web.Application()
    application.router.add_get("/session", relay)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    sys.stderr.write(f"WebDriver BiDi listening on ws://127.0.0.1:{port}\n")
    sys.stderr.flush()


async def _pass_on(source: Socket, target: Socket, to_browser: bool = False) -> None:
    async for message in source:
        if message.type is not WSMsgType.TEXT or target.closed:
            return
        command = json.loads(message.data) if to_browser else {}
        if command.get("method") in _UNKNOWN:
            done = {"type": "success", "id": command["id"], "result": {}}
            await source.send_str(json.dumps(done))
        else:
            await target.send_str(message.data)


if __name__ == "__main__":
    asyncio.run(run(*sys.argv[1:]))
