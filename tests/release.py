"""Stand-ins for what `make release` finds built."""

from pathlib import Path

ROOT = Path(__file__).parents[1]

PAGE = "<!doctype html><title>Zufall</title><p>the page of a wheel</p>"


def built_files(folder: Path) -> dict[str, Path]:
    """Return small files in place of those that `make release` finds built."""
    (folder / "page" / "assets").mkdir(parents=True)
    (folder / "page" / "index.html").write_text(PAGE)
    (folder / "page" / "assets" / "main-1.js").write_text("start()")
    (folder / "console").mkdir()
    (folder / "console" / "index.html").write_text("<!doctype html>")
    (folder / "countries.mmdb").write_bytes(bytes(100))
    return {name: folder / name for name in ("page", "console", "countries.mmdb")} | {
        "systemd": ROOT / "deploy" / "systemd"
    }
