"""Links between the documents lead somewhere, and decision records are numbered and listed."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RECORDS = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
DOCUMENTS = sorted(
    path for part in ("*.md", "docs/**/*.md", "k8s/*.md", "bench/client/*.md") for path in ROOT.glob(part)
)

_CODE_BLOCK = re.compile(r"```.*?```", re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_LINK = re.compile(r"\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)")


def anchors(document: Path) -> set[str]:
    """Return the anchors that GitHub gives the headings of a document."""
    headings = _HEADING.findall(_CODE_BLOCK.sub("", document.read_text()))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def name(document: Path) -> str:
    return str(document.relative_to(ROOT))


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_links_lead_to_files_and_headings(document: Path) -> None:
    for path, anchor in _LINK.findall(document.read_text()):
        target = document.parent / path if path else document
        assert target.exists(), f"{path} does not exist"
        assert not anchor or anchor in anchors(target), f"{path} has no heading #{anchor}"


def test_moderators_see_each_screen_of_the_console_on_a_desktop_and_on_a_phone() -> None:
    taken = {path.name for path in (ROOT / "docs" / "images").glob("console-*.png")}
    page = (ROOT / "docs" / "moderation.md").read_text()
    shown = set(re.findall(r"\(images/(console-[\w-]+\.png)\)", page))
    assert shown == taken
    assert {name.replace(".png", "-phone.png") for name in taken if "-phone" not in name} <= taken


def test_decision_records_are_numbered_without_gaps() -> None:
    headings = [record.read_text().partition(". ")[0] for record in RECORDS]
    assert headings == [f"# {number}" for number in range(1, len(RECORDS) + 1)]
    assert [record.name[:4] for record in RECORDS] == [
        f"{number:04}" for number in range(1, len(RECORDS) + 1)
    ]


def test_every_decision_record_is_listed() -> None:
    listed = re.findall(r"\]\((0\d+-[\w-]+\.md)\)", (ROOT / "docs" / "decisions" / "README.md").read_text())
    assert listed == [record.name for record in RECORDS]
