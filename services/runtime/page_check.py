"""Notices that a folder holds no page, before visitors do."""

from pathlib import Path

from .logs import logger


def check_page(name: str, folder: Path, environment: str) -> None:
    """Warn that `folder`, which the setting `name` gives, holds no page. Raises `OSError` in production."""
    if (folder / "index.html").is_file():
        return
    problem = f"{name}: the folder {folder} has no index.html"
    if environment == "production":
        raise OSError(f"{problem}, so visitors would get no page")
    logger().warning("there is no page: every visitor gets 404", reason=problem)
