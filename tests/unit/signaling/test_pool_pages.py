"""The pages of named pools, their calendars and pictures, and the cards of links. No server is started."""

import gzip
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from services.contract.errors import NotFound
from services.signaling.core.opening_hours import OpeningHours, OpenPeriod
from services.signaling.shell.pools.named_pool import NamedPool, NamedPools
from services.signaling.shell.pools.pool_pages import PoolPages
from services.signaling.shell.site.site import Logo, Site

ORIGINS = frozenset({"https://meet.example", "http://localhost:8080"})
POLICY = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'"
HTML = (
    '<html><head><meta name="description" content="Meet someone &amp; talk." /><title>Zufall</title></head>'
    "<body><h1>Zufall</h1></body></html>"
)
EVENING = OpeningHours(ZoneInfo("UTC"), once=OpenPeriod(2000.0, 3000.0))
PICTURE = Logo(b"picture", "image/png", "digest")
POOLS = NamedPools(
    [
        NamedPool("event", {"": 'The "event"', "de": "Fest"}, {"": "<Talk>"}, EVENING, PICTURE, ["chess"], 21,
                  ["https://club.example"]),
        NamedPool("campus", {"en": "Campus"}, {"en": "Talk."}, OpeningHours(ZoneInfo("UTC")),
                  Logo(b"<svg/>", "image/svg+xml", "d")),
    ]
)  # fmt: skip


def make_pages(folder: Path, now: float = 1000.0, name: str = "Zufall", html: str = HTML) -> PoolPages:
    (folder / "index.html").write_text(html)
    return PoolPages(POOLS, {"index.html": folder / "index.html"}, Site(name), ORIGINS, POLICY, lambda: now)


def asked(path: str, name: str = "", **headers: str) -> web.Request:
    named = {header.replace("_", "-"): value for header, value in headers.items()}
    return make_mocked_request("GET", path, {"Host": "meet.example", **named}, match_info={"name": name})


def body_of(answer: web.StreamResponse) -> bytes:
    assert isinstance(answer, web.Response)
    assert isinstance(answer.body, bytes)
    return answer.body


async def html_of(pages: PoolPages, name: str, **headers: str) -> str:
    return body_of(await pages.page(asked(f"/p/{name}", name, **headers))).decode()


async def test_the_page_of_a_pool_has_its_card(tmp_path: Path) -> None:
    html = await html_of(make_pages(tmp_path), "event")
    assert "<title>The &quot;event&quot; – Zufall</title>" in html
    assert '<meta name="description" content="&lt;Talk&gt;" />' in html
    assert '<meta property="og:title" content="The &quot;event&quot; – Zufall" />' in html
    assert '<meta property="og:url" content="https://meet.example/p/event" />' in html
    assert '<meta property="og:image" content="https://meet.example/p/event/picture?digest" />' in html
    assert '<meta name="twitter:card" content="summary_large_image" />' in html


async def test_a_pool_whose_picture_no_card_can_show_has_that_of_the_site(tmp_path: Path) -> None:
    html = await html_of(make_pages(tmp_path), "campus")
    assert 'content="https://meet.example/share.png"' in html


async def test_the_name_of_the_site_is_in_the_page_and_its_card(tmp_path: Path) -> None:
    html = await html_of(make_pages(tmp_path, name="Plaza"), "event")
    assert "Zufall" not in html
    assert 'property="og:site_name" content="Plaza"' in html


async def test_only_the_page_of_that_pool_may_be_framed_and_only_where_the_operator_says(
    tmp_path: Path,
) -> None:
    pages = make_pages(tmp_path)
    policies = [
        (await pages.page(asked("", name))).headers["Content-Security-Policy"]
        for name in ("event", "campus", "x")
    ]
    assert [policy.split("; ")[1] for policy in policies] == [
        "frame-ancestors https://club.example", "frame-ancestors 'none'", "frame-ancestors 'none'",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["x", "Event", "../x", "<script>"])
async def test_a_pool_that_does_not_exist_is_404_with_the_page(tmp_path: Path, name: str) -> None:
    answer = await make_pages(tmp_path).page(asked("/p/x", name))
    assert answer.status == 404
    assert b"<h1>Zufall</h1>" in body_of(answer)
    assert b"script>" not in body_of(answer)


async def test_the_front_page_has_a_card_for_who_asks_without_being_a_browser(tmp_path: Path) -> None:
    answer = make_pages(tmp_path).front_page(asked("/"))
    assert answer.status == 200
    assert b'property="og:description" content="Meet someone &amp; talk."' in body_of(answer)
    assert b'property="og:image" content="https://meet.example/share.png"' in body_of(answer)
    assert answer.headers["Vary"] == "Accept-Encoding, Sec-Fetch-Dest"


async def test_a_host_that_is_not_ours_gets_into_no_card(tmp_path: Path) -> None:
    html = await html_of(make_pages(tmp_path), "event", Host="evil.example")
    assert "evil.example" not in html
    assert min(ORIGINS) in html


async def test_the_page_is_compressed_where_the_browser_takes_it(tmp_path: Path) -> None:
    answer = await make_pages(tmp_path).page(asked("/p/event", "event", Accept_Encoding="gzip, br"))
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(body_of(answer)).decode() == await html_of(make_pages(tmp_path), "event")


async def test_pictures_and_calendars_belong_to_pools_that_have_them(tmp_path: Path) -> None:
    pages = make_pages(tmp_path)
    picture = await pages.picture(asked("", "event"))
    assert (picture.body, picture.content_type) == (b"picture", "image/png")
    calendar = await pages.calendar(asked("", "event"))
    assert calendar.content_type == "text/calendar"
    assert "URL:https://meet.example/p/event" in body_of(calendar).decode()
    assert 'filename="event.ics"' in calendar.headers["Content-Disposition"]
    for serve, name in ((pages.calendar, "campus"), (pages.calendar, "x"), (pages.picture, "x")):
        with pytest.raises(NotFound):
            await serve(asked("", name))


@pytest.mark.parametrize(
    ("now", "is_open", "opens", "closes"),
    [
        (1000.0, False, "1970-01-01T00:33:20Z", None),
        (2500.0, True, None, "1970-01-01T00:50:00Z"),
        (3000.0, False, None, None),
    ],
)
def test_the_description_says_when_it_opens_and_closes(
    tmp_path: Path, now: float, is_open: bool, opens: str | None, closes: str | None
) -> None:
    told = make_pages(tmp_path, now).description(asked("", "event"))
    assert (told.open, told.opens, told.closes) == (is_open, opens, closes)
    assert (told.name, told.titles, told.interests, told.minimum_age) == (
        "event", {"": 'The "event"', "de": "Fest"}, ["chess"], 21,
    )  # fmt: skip


def test_a_pool_that_is_always_open_never_changes(tmp_path: Path) -> None:
    told = make_pages(tmp_path).description(asked("", "campus"))
    assert (told.open, told.opens, told.closes) == (True, None, None)
