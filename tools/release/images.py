"""Builds the images of a release on base images of which the registry told the digests."""

import re
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
import yaml

from .commit import CannotRelease, Commit

_ARGUMENT = re.compile(r"^ARG (\w+_IMAGE)=(\S+)$", re.MULTILINE)
_BACKUPS = re.compile(r"^FROM \S+ AS backups$", re.MULTILINE)
_DEFAULT = re.compile(r"\$\{\w+:?-([^}]*)\}")


_Sha256 = Annotated[str, msgspec.Meta(pattern="^sha256:[0-9a-f]{64}$")]


class _Manifest(msgspec.Struct):
    digest: _Sha256


@dataclass(frozen=True, slots=True)
class Image:
    """An image in a registry. `digest` (sha256:…) is empty if nobody told it."""

    name: str
    digest: str

    @property
    def pinned(self) -> str:
        """Its name, with the digest if there is one."""
        return f"{self.name}@{self.digest}" if self.digest else self.name


@dataclass(frozen=True, slots=True)
class ImageOptions:
    """What the maintainer chose. `push` is the name in a registry that gets the images, or empty."""

    platforms: str
    push: str
    unpinned: bool


def base_images(dockerfile: str) -> dict[str, str]:
    """Return the names of base images by the argument of the Dockerfile that chooses each."""
    return dict(_ARGUMENT.findall(dockerfile))


def targets(dockerfile: str) -> dict[str, str]:
    """Return the stages that are images of ours, by what follows our name in theirs. The last has no name."""
    return {"": "", "-backups": "backups"} if _BACKUPS.search(dockerfile) else {"": ""}


def compose_images(*files: str) -> dict[str, str]:
    """Return the images of others in compose files by service. Ours have no name until they are built."""
    services = [service for file in files for service in yaml.safe_load(file)["services"].items()]
    named = {name: _DEFAULT.sub(r"\1", service.get("image", "$")) for name, service in services}
    return {name: image for name, image in named.items() if "$" not in image}


def compose_override(images: Mapping[str, Image]) -> str:
    """Return a compose file that gives these services their images by digest."""
    lines = (f"  {service}: {{image: {image.pinned!r}}}\n" for service, image in sorted(images.items()))
    return "".join(("# The images of others that this release was made with.\nservices:\n", *lines))


def kustomize_component(images: Iterable[Image]) -> str:
    """Return a component of kustomize by which every overlay that lists it has these images by digest."""
    pinned = sorted((image for image in images if image.digest), key=lambda image: image.name)
    lines = (
        f"  - {{name: {_manifests_name(repository)}, newName: {repository}, digest: {image.digest!r}}}\n"
        for image in pinned
        for repository in (image.name.rpartition(":")[0],)
    )
    head = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nimages:\n"
    return "".join(
        ("# The images that this release was made with: see k8s/components/images.\n", head, *lines)
    )


def resolve(name: str) -> Image:
    """Ask the registry for the digest of an image. Raises `CannotRelease` if it gives none."""
    asked = subprocess.run(
        ["docker", "buildx", "imagetools", "inspect", name, "--format", "{{json .Manifest}}"],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    if asked.returncode:
        raise CannotRelease(
            f"no registry gives the digest of {name}: {asked.stderr.strip()}\n"
            "UNPINNED=1 builds on whatever this machine has under that name, and records no digest"
        )
    return Image(name, msgspec.json.decode(asked.stdout, type=_Manifest).digest)


class _BuildResult(msgspec.Struct):
    digest: _Sha256 = msgspec.field(name="containerimage.digest")


def build_images(
    tree: Path, commit: Commit, options: ImageOptions, into: Path
) -> tuple[list[Image], list[Image]]:
    """Build our images from the files in `tree`. Return them, and those of others that a release needs.

    They become OCI archives in the folder `into`, with provenance for each platform, and may be pushed.
    """
    dockerfile = (tree / "Dockerfile").read_text()
    bases = {key: _find(name, options) for key, name in base_images(dockerfile).items()}
    compose = compose_images(*(path.read_text() for path in (tree / "deploy").rglob("compose.yaml")))
    others = {service: _find(name, options) for service, name in compose.items()}
    (into / "compose.images.yaml").write_text(compose_override(others))
    ours = [
        _build(tree, commit, options, bases, (options.push or "zufall") + suffix, stage, into)
        for suffix, stage in targets(dockerfile).items()
    ]
    (into / "kustomization.images.yaml").write_text(kustomize_component({*ours, *others.values()}))
    return ours, [*bases.values(), *others.values()]


def _manifests_name(repository: str) -> str:
    """Return the name of an image in our manifests, which do not say where ours are kept."""
    own = repository.rpartition("/")[2]
    return own if own in ("zufall", "zufall-backups") else repository


def _find(name: str, options: ImageOptions) -> Image:
    return Image(name, "") if options.unpinned else resolve(name)


def _build(
    tree: Path, commit: Commit, options: ImageOptions, bases: Mapping[str, Image],
    repository: str, stage: str, into: Path,
) -> Image:  # fmt: skip
    name, result = f"{repository}:{commit.version}", into / "result.json"
    archive = into / f"{repository.rpartition('/')[2]}-{commit.version}-image.tar"
    arguments = {
        **{key: image.pinned for key, image in bases.items()},
        "PYTHON_DIGEST": bases["PYTHON_IMAGE"].digest,
        "REVISION": commit.revision,
        "SOURCE": commit.source,
        "SOURCE_DATE_EPOCH": str(commit.time),
    }
    _run(
        "docker", "buildx", "build", str(tree), "--platform", options.platforms,
        *(("--target", stage) if stage else ()),
        *(word for key, value in arguments.items() for word in ("--build-arg", f"{key}={value}")),
        "--provenance", "mode=max", "--metadata-file", str(result),
        "--output", f"type=oci,dest={archive},name={name},rewrite-timestamp=true",
    )  # fmt: skip
    if options.push:
        _run("skopeo", "copy", "--all", "--preserve-digests", f"oci-archive:{archive}", f"docker://{name}")
    digest = msgspec.json.decode(result.read_bytes(), type=_BuildResult).digest
    result.unlink()
    return Image(name, digest)


def _run(*command: str) -> None:
    if subprocess.run(command, check=False).returncode:
        raise CannotRelease(
            f"`{' '.join(command[:3])}` failed; the lines above say why. Only some builders write OCI "
            "archives with attestations: that of Docker's containerd image store, or one that "
            "`docker buildx create --use` makes. IMAGES=off leaves images out"
        )
