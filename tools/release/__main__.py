"""`python -m tools.release`, for `make release`: builds a release of the commit that is checked out."""

import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import click

from services.runtime.built_files import CONSOLE, COUNTRIES, PAGE

from .commit import CannotRelease, Commit, read_commit
from .images import Image, ImageOptions, build_images
from .packages import build_packages
from .provenance import Artefact, Digest, Material, checksums, sha256, statement

PROJECT = Path(__file__).parents[2]
INTO = PROJECT / "build" / "release"
SBOM = PROJECT / "build" / "sbom"


@click.command()
@click.option("--platforms", default="linux/amd64,linux/arm64", show_default=True, help="Of the images.")
@click.option("--push", default="", metavar="NAME", help="The name in a registry that gets the images.")
@click.option("--unpinned", is_flag=True, help="Do not ask for the digests of other images.")
@click.option("--images/--no-images", default=True, help="Whether to build images.")
@click.option("--builder", default=socket.gethostname, help="Who builds, for the provenance.")
def main(platforms: str, push: str, unpinned: bool, images: bool, builder: str) -> int:
    """Build wheel, sdist, images, SBOM, checksums and provenance into build/release."""
    began = time.time()
    if images and unpinned:
        click.echo(
            "release: UNPINNED. Nobody can tell later what the images stand on. Publish none.", err=True
        )
    options = ImageOptions(platforms, push, unpinned) if images else None
    try:
        commit = read_commit(PROJECT)
        shutil.rmtree(INTO, ignore_errors=True)
        INTO.mkdir(parents=True)
        with tempfile.TemporaryDirectory() as tree:
            commit.export(Path(tree))
            ours, others = _build(Path(tree), commit, options)
    except CannotRelease as problem:
        raise click.ClickException(str(problem)) from None
    _describe(commit, ours, others, " ".join(sys.argv[1:]), builder, began)
    return 0


def _build(
    tree: Path, commit: Commit, options: ImageOptions | None
) -> tuple[Sequence[Image], Sequence[Image]]:
    """Build everything from the files in `tree`. Return our images, and those of others."""
    built = {"page": PAGE, "console": CONSOLE, "countries.mmdb": COUNTRIES}
    built |= {name: tree / "deploy" / name for name in ("systemd", "caddy", "coturn")}
    build_packages(tree, built, commit.revision, commit.time, INTO)
    pinned = [(tree / "requirements" / f"{name}.txt").read_text() for name in ("runtime", "local")]
    (INTO / f"zufall-{commit.version}-requirements.txt").write_text("".join(pinned))
    for path in SBOM.glob("*.json"):
        shutil.copyfile(path, INTO / f"zufall-{commit.version}-sbom-{path.name}")
    return build_images(tree, commit, options, INTO) if options else ([], [])


def _describe(
    commit: Commit,
    ours: Sequence[Image],
    others: Sequence[Image],
    command: str,
    builder: str,
    began: float,
) -> None:
    """Write provenance and checksums of what lies in the folder of the release."""
    files = sorted(INTO.iterdir())
    artefacts = [Artefact(path.name, Digest(sha256(path))) for path in files]
    artefacts += [Artefact(image.name, _digest(image)) for image in ours]
    materials = [
        Material(f"git+{commit.source}" if commit.source else "git", Digest(git_commit=commit.revision))
    ]
    materials += [
        Material(f"docker://{image.name}", _digest(image) if image.digest else None) for image in others
    ]
    provenance = INTO / f"zufall-{commit.version}.intoto.json"
    provenance.write_bytes(
        statement(artefacts, materials, f"python -m tools.release {command}", builder, began)
    )
    (INTO / "SHA256SUMS").write_text(checksums([*files, provenance]))
    click.echo((INTO / "SHA256SUMS").read_text(), nl=False)


def _digest(image: Image) -> Digest:
    return Digest(image.digest.removeprefix("sha256:"))


if __name__ == "__main__":
    main()
