"""What Docker cannot do is said, and no secret or image is made of nothing."""

from pathlib import Path

import pytest

from deploy.box.images import new_backup_identity, newest_image
from deploy.box.installation import Installation, Unusable


@pytest.fixture(autouse=True)
def docker_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a `docker` in the place of the real one that refuses everything."""
    program = tmp_path / "docker"
    program.write_text("#!/bin/sh\necho no such image >&2\nexit 125\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))


def test_a_key_that_cannot_be_made_is_an_error() -> None:
    with pytest.raises(Unusable, match="no such image"):
        new_backup_identity("zufall:1")


def test_an_image_that_cannot_be_pulled_is_an_error(tmp_path: Path) -> None:
    installation = Installation(tmp_path, {"ZUFALL_IMAGE": "registry.example/zufall:1"})
    with pytest.raises(Unusable, match="no such image"):
        newest_image(installation)


@pytest.mark.parametrize(
    "source", ["zufall", "host:5000/zufall", "zufall@sha256:abc", "host/zufall:1@sha256:abc"]
)
def test_an_image_is_named_with_a_tag(tmp_path: Path, source: str) -> None:
    with pytest.raises(Unusable, match="ZUFALL_IMAGE must be a name with a tag"):
        newest_image(Installation(tmp_path, {"ZUFALL_IMAGE": source}))
