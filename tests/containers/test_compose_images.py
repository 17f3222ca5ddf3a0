"""One box takes the images of others by the digests that a release names."""

import shutil
from pathlib import Path

import pytest

from deploy.box.compose import Compose
from deploy.box.installation import Installation
from tools.release.commit import CannotRelease
from tools.release.images import Image, compose_images, compose_override, resolve

from ..requirements import require
from .conftest import PROJECT

pytestmark = pytest.mark.docker


def test_every_image_of_others_is_named_by_its_digest(tmp_path: Path) -> None:
    require("docker")
    shutil.copytree(PROJECT / "deploy", tmp_path / "deploy")
    settings = {
        "ZUFALL_DOMAIN": "zufall.example",
        "ZUFALL_MAIL": "ada@zufall.example",
        "ZUFALL_ADMINISTRATOR": "ada",
        "ZUFALL_PROFILES": "monitoring",
        "ZUFALL_TURN_EXTERNAL_IP": "192.0.2.1",
    }
    (tmp_path / ".env").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    named = compose_images(*(path.read_text() for path in (tmp_path / "deploy").rglob("compose.yaml")))
    digests = {
        service: Image(name, f"sha256:{number:064}") for number, (service, name) in enumerate(named.items())
    }
    (tmp_path / "deploy" / "compose.images.yaml").write_text(compose_override(digests))
    used = Compose(Installation(tmp_path, settings)).output("config", "--images", image="zufall:1").split()
    assert {"nats", "postgres", "caddy", "coturn", "prometheus"} <= named.keys()
    assert {name for name in used if "@" in name} == {image.pinned for image in digests.values()}
    assert {name for name in used if "@" not in name} == {"zufall:1", "zufall-backups:1"}


def test_without_a_registry_there_is_no_release() -> None:
    require("docker")
    with pytest.raises(CannotRelease, match="UNPINNED=1"):
        resolve("127.0.0.1:1/zufall:1")
