"""The operator's file of named pools: the example is good, and every mistake is told at once."""

from pathlib import Path

import pytest

from services.signaling.core.opening_hours import WeeklyTime
from services.signaling.shell.pools.pool_file import read_pools

from .test_site import SVG, configured, problems

EXAMPLE = Path(__file__).parents[3] / "deploy" / "pools.example.toml"


def written(folder: Path, text: str) -> str:
    file = folder / "pools.toml"
    file.write_text(text)
    return str(file)


def test_the_example_is_read() -> None:
    pools = {pool.name: pool for pool in read_pools(str(EXAMPLE))}
    assert list(pools) == ["language-evening", "new-year", "campus"]
    assert pools["language-evening"].hours.weekly == [
        WeeklyTime(4, 19 * 60, 23 * 60),
        WeeklyTime(5, 20 * 60, 26 * 60),
    ]
    assert pools["new-year"].hours.once is not None
    assert pools["campus"].hours.always
    assert pools["campus"].embed == ["https://www.campus.example"]


def test_a_site_without_the_file_has_no_pools() -> None:
    assert configured().pools is None


def test_a_pool_needs_only_a_name_a_title_and_a_sentence(tmp_path: Path) -> None:
    (pool,) = read_pools(written(tmp_path, '[[pool]]\nname = "a"\ntitle = "A"\ntext = "Talk."'))
    assert (pool.title, pool.text, pool.picture, pool.minimum_age, pool.hours.always) == (
        "A",
        "Talk.",
        None,
        18,
        True,
    )


def test_every_mistake_of_every_pool_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "no.png").write_text("no picture")
    text = """
        [[pool]]
        name = "Two Words"
        title = {german = "Abend"}
        text = ""
        picture = "no.png"
        time_zone = "Mars/Olympus"
        weekly = ["Fri 19-23", "Fri 25:00-26:00", "Fri 10:00-24:30"]
        interests = "chess"
        minimum_age = 16
        embed = ["https://club.example/page", "http://club.example", "*"]
        colour = "red"

        [[pool]]
        name = "a"
        title = "A"
        text = "Talk."
        weekly = ["Mon 10:00-12:00"]
        from = 2026-12-24T20:00:00
        to = 2026-12-24T18:00:00

        [[pool]]
        name = "a"
        title = "A\\nB"
        text = "Talk."
        from = 2026-12-24T20:00:00Z
    """
    (told,) = problems(pools=written(tmp_path, text))
    for part in (
        "name must be 1 to 32 lower-case",
        "'german' is not a language",
        "text must be 1 to 300",
        "picture: ",
        "'Mars/Olympus' is not known",
        "'Fri 19-23' is not a time",
        "'Fri 25:00-26:00' is not a time",
        "'Fri 10:00-24:30' is not a time",
        "interests must be a list",
        "minimum_age must be from 18 to 99",
        "'https://club.example/page' is not an origin",
        "'http://club.example' must begin with https",
        "'*' is not an address",
        "'colour' is not known",
        "[[pool]] 2: a pool has weekly times, or opens once",
        "[[pool]] 2: from must come with to",
        "title must be 1 to 60 printable characters",
        "from must be a date with a time",
        "two pools are named 'a'",
    ):
        assert part in told, part


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"\xff", "is not UTF-8"), (b"[[pool", "this is not TOML"), (b"pool = 3", "not a list of tables")],
)
def test_a_file_that_is_no_list_of_pools_is_refused(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "pools.toml").write_bytes(content)
    with pytest.raises(ValueError, match=told):
        read_pools(str(tmp_path / "pools.toml"))


def test_a_file_that_is_missing_or_huge_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        read_pools(str(tmp_path / "none.toml"))
    with pytest.raises(ValueError, match="more than 1048576 bytes"):
        read_pools(written(tmp_path, "#" * (1024 * 1024 + 1)))


def test_more_than_a_hundred_pools_are_refused(tmp_path: Path) -> None:
    text = "".join(f'[[pool]]\nname = "p{number}"\ntitle = "A"\ntext = "B"\n' for number in range(101))
    with pytest.raises(ValueError, match="101 pools are more than 100"):
        read_pools(written(tmp_path, text))


def test_a_picture_lies_beside_the_file_and_its_address_changes_with_it(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text(SVG)
    (pool,) = read_pools(written(tmp_path, '[[pool]]\nname="a"\ntitle="A"\ntext="B"\npicture="a.svg"'))
    before = pool.picture_path
    assert before is not None
    assert before.startswith("/p/a/picture?")
    (tmp_path / "a.svg").write_text(SVG.replace("0 0 1 1", "0 0 2 2"))
    (pool,) = read_pools(str(tmp_path / "pools.toml"))
    assert pool.picture_path != before
