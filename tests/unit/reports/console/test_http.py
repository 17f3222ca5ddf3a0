"""Request bodies that do not arrive completely."""

import asyncio

import pytest
from aiohttp import StreamReader
from aiohttp.base_protocol import BaseProtocol
from aiohttp.test_utils import make_mocked_request

from services.contract.errors import InvalidRequest
from services.reports.shell.console.http import read_json
from services.reports.shell.console.views import UndoRequest


async def test_a_lost_connection_is_an_invalid_request() -> None:
    loop = asyncio.get_running_loop()
    content = StreamReader(BaseProtocol(loop), 1024, loop=loop)
    request = make_mocked_request("POST", "/", payload=content)
    content.feed_data(b'{"rea')
    content.set_exception(ConnectionResetError())
    with pytest.raises(InvalidRequest, match="broke off"):
        await read_json(request, UndoRequest)
