"""The settings of the operator's site. A gateway names all their problems at its start."""

from pathlib import Path

import pytest

from services.contract.keys import new_key
from services.contract.site_name import parse_name
from services.runtime.config import ConfigError, load
from services.signaling.config import Config
from services.signaling.shell.site.pages import frame_policy, named_pages
from services.signaling.shell.site.site import (
    Site,
    SiteDescription,
    origin_of,
    parse_links,
    parse_url,
)
from services.signaling.shell.site.site_files import LOGO_BYTES, read_logo, read_rules

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1z"/></svg>'
NEEDED = {
    "ZUFALL_TOKEN_KEYS": new_key(),
    "ZUFALL_PASS_KEYS": new_key(),
    "ZUFALL_ORIGINS": "https://meet.example,http://localhost:8080",
}


def configured(**settings: str) -> Config:
    return load(Config, {**NEEDED, **{f"ZUFALL_{name.upper()}": value for name, value in settings.items()}})


def problems(**settings: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        configured(**settings)
    return caught.value.problems


def test_all_site_settings_are_optional() -> None:
    config = configured()
    assert (config.site_name, config.site_logo, config.site_rules, config.advertising_url) == (
        "Zufall", None, None, "",
    )  # fmt: skip
    assert Site().description() == SiteDescription("Zufall", None, {}, None, [], None, None)


def test_all_problems_are_named_at_once(tmp_path: Path) -> None:
    told = problems(
        site_name="x" * 41,
        site_logo=str(tmp_path / "none.svg"),
        site_colours="accent=red",
        site_rules=str(tmp_path),
        site_links="Imprint=javascript:alert(1)",
        advertising_url="http://ads.example/",
        recogniser=str(tmp_path),
    )
    assert [problem.partition(":")[0] for problem in told] == [
        "ZUFALL_SITE_NAME", "ZUFALL_SITE_LOGO", "ZUFALL_SITE_COLOURS", "ZUFALL_SITE_RULES",
        "ZUFALL_SITE_LINKS", "ZUFALL_ADVERTISING_URL", "ZUFALL_RECOGNISER",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["", "  ", "a\x00b", "a\u202eb", "x" * 41])
def test_an_unreadable_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="1 to 40 printable"):
        parse_name(name)


def test_links_are_words_and_secure_addresses() -> None:
    assert parse_links("Imprint=https://a.example/i?x=1, Datenschutz = https://a.example/d") == (
        ("Imprint", "https://a.example/i?x=1"),
        ("Datenschutz", "https://a.example/d"),
    )
    with pytest.raises(ValueError, match=r"'Imprint=ftp://a\.example'.*; '=https://b\.example'"):
        parse_links("Imprint=ftp://a.example,=https://b.example")
    with pytest.raises(ValueError, match="7 links are more than 6"):
        parse_links(",".join(f"{number}=https://a.example" for number in range(7)))


@pytest.mark.parametrize(
    "url",
    [
        "http://ads.example/", "//ads.example/", "ads.example", "data:text/html,x", "https://", "https://u:p@ads.example/",
        "https://ads.example:port/", "https://ads.example; script-src *", "https://ads.example'/", "https://*.example/",
        "https://[::1]/", "http://localhost.evil.example/", "https://ads.exämple/",
    ],
)  # fmt: skip
def test_an_insecure_or_invalid_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"address|https|[Pp]ort"):
        parse_url(url)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Ads.Example/frame?x=1#y", "https://ads.example"),
        ("https://ads.example:443/", "https://ads.example"),
        ("https://ads.example:8443/", "https://ads.example:8443"),
        ("http://127.0.0.1:9000/ad.html", "http://127.0.0.1:9000"),
        ("http://localhost:9000", "http://localhost:9000"),
    ],
)
def test_the_frame_policy_names_exactly_the_origin(url: str, origin: str) -> None:
    assert origin_of(parse_url(url)) == origin
    assert frame_policy(Site(advertising=url)) == f"frame-src {origin}"


def test_without_an_advertisement_there_are_no_frames() -> None:
    assert frame_policy(Site()) == "frame-src 'none'"


@pytest.mark.parametrize(
    "url", ["https://meet.example/ad", "https://Meet.Example:443/ad", "http://localhost:8080/ad.html"]
)
def test_an_advertisement_has_another_origin_than_the_page(url: str) -> None:
    assert problems(advertising_url=url) == [
        "ZUFALL_ADVERTISING_URL must not be of an origin of the page: give advertisements their own"
    ]


def test_a_local_advertisement_is_for_development_only() -> None:
    local = "http://127.0.0.1:9000/"
    assert configured(advertising_url=local).advertising_url == local
    assert problems(advertising_url=local, environment="production", ice_policy="public", mesh="on") == [
        "ZUFALL_ADVERTISING_URL must begin with https:// in production"
    ]


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (SVG.encode(), "image/svg+xml"),
        (f"\ufeff<?xml version='1.0'?>\n<!-- us -->\n<!DOCTYPE svg>\n{SVG}".encode(), "image/svg+xml"),
        (b"\x89PNG\r\n\x1a\n...", "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
    ],
)
def test_the_type_of_a_logo_comes_from_its_content(tmp_path: Path, content: bytes, media_type: str) -> None:
    path = tmp_path / "logo"
    path.write_bytes(content)
    logo = read_logo(str(path))
    assert logo
    assert (logo.body, logo.media_type) == (content, media_type)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"GIF89a", "neither SVG nor PNG nor WebP"),
        (b"<html><svg xmlns='http://www.w3.org/2000/svg'/></html>", "neither SVG nor PNG nor WebP"),
        (b"<svg><path/></svg>", "browsers draw an SVG only with"),
        (b"\x89PNG\r\n\x1a\n" + bytes(LOGO_BYTES), "more than 65536 bytes"),
    ],
)
def test_a_file_that_is_no_logo_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "logo.svg"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=sentence):
        read_logo(str(path))


def test_rules_are_lines_of_text_by_language(tmp_path: Path) -> None:
    (tmp_path / "rules.txt").write_text("\ufeffBe kind.\r\n\r\n  - No ads.\n- <b>Bold</b>\n")
    (tmp_path / "rules.de.txt").write_text("Sei freundlich.\n")
    (tmp_path / "notes.txt").write_text("no rules")
    rules = read_rules(str(tmp_path))
    assert rules
    assert rules.texts == {"": ["Be kind.", "- No ads.", "- <b>Bold</b>"], "de": ["Sei freundlich."]}
    assert rules == read_rules(str(tmp_path / "rules.txt"))


def test_the_version_of_rules_changes_with_words_but_not_with_blank_lines(tmp_path: Path) -> None:
    path = tmp_path / "house.txt"
    versions = []
    for text in ("Be kind.", "\n  Be kind. \n\n", "Be kind!"):
        path.write_text(text)
        rules = read_rules(str(path))
        assert rules
        versions.append(rules.version)
    (tmp_path / "house.de.txt").write_text("Sei lieb.")
    with_german = read_rules(str(path))
    assert with_german
    assert versions[0] == versions[1]
    assert len({*versions, with_german.version}) == 3


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("rules.txt", b"\xff\xfe", "is not UTF-8"),
        ("rules.txt", b" \n\t\n", "says nothing"),
        ("rules.txt", b"a\x1b[31mb", "is not plain text"),
        ("rules.txt", b"x" * 16385, "more than 16384 bytes"),
        ("rules.fr.txt", b"x" * 16384, "of all languages have more than 16384 bytes"),
        ("rules.german.txt", b"Sei lieb.", "'german' is not a language such as de"),
    ],
)
def test_a_file_without_rules_is_refused(tmp_path: Path, name: str, content: bytes, sentence: str) -> None:
    (tmp_path / "rules.txt").write_text("Be kind.")
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=sentence):
        read_rules(str(tmp_path))


def test_only_pages_with_our_name_are_rewritten(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<title>Zufall</title>")
    files = {"index.html": tmp_path / "index.html", "assets/a.js": tmp_path / "a.js"}
    assert named_pages(files, Site()) == {}
    assert list(named_pages(files, Site("Plaza"))) == ["index.html"]


def test_a_recogniser_is_a_folder_with_a_script(tmp_path: Path) -> None:
    (tmp_path / "recogniser.js").write_text("export const createRecogniser = async () => ({});")
    folder = configured(recogniser=str(tmp_path)).recogniser
    assert folder == tmp_path
    assert Site(recogniser=folder).description().recogniser == "/site/recogniser/recogniser.js"
