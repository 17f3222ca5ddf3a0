"""Built files are sent in the smallest encoding that the browser accepts."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from services.runtime.built_page import built_file

FORMS = {"": b"as it is, for all who know no encoding", ".gz": b"by gzip, smaller", ".br": b"by Brotli"}
BROWSER = "gzip, deflate, br, zstd"

Browser = TestClient[web.Request, web.Application]


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    for ending, body in FORMS.items():
        tmp_path.joinpath(f"page.css{ending}").write_bytes(body)

    async def send(_: web.Request) -> web.StreamResponse:
        return built_file(tmp_path / "page.css", "no-cache")

    app = web.Application()
    app.router.add_get("/", send)
    async with TestClient(TestServer(app), auto_decompress=False) as client:
        yield client


@pytest.mark.parametrize(
    ("accepts", "ending", "encoding"),
    [(BROWSER, ".br", "br"), ("gzip, deflate", ".gz", "gzip"), ("identity", "", None), ("zstd", "", None)],
)
async def test_the_best_accepted_encoding_is_sent(
    browser: Browser, accepts: str, ending: str, encoding: str | None
) -> None:
    answer = await browser.get("/", headers={"Accept-Encoding": accepts})
    assert await answer.read() == FORMS[ending]
    assert answer.headers.get("Content-Encoding") == encoding
    assert answer.headers["Content-Type"] == "text/css", "not that of the compressed file"
    assert (answer.headers["Vary"], answer.headers["Cache-Control"]) == ("Accept-Encoding", "no-cache")


async def test_each_encoding_has_its_own_etag(browser: Browser) -> None:
    tags = {}
    for accepts in (BROWSER, "gzip", "identity"):
        answer = await browser.get("/", headers={"Accept-Encoding": accepts})
        tags[accepts] = answer.headers["ETag"]
    assert len(set(tags.values())) == len(FORMS)
    for accepts, tag in tags.items():
        for kept in tags.values():
            again = await browser.get("/", headers={"Accept-Encoding": accepts, "If-None-Match": kept})
            assert again.status == (304 if kept == tag else 200)
            assert again.headers["Vary"] == "Accept-Encoding"
