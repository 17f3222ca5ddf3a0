"""Says what a release is, what it was built from, and how: an in-toto statement with SLSA provenance.

The form is that of https://slsa.dev/spec/v1.0/provenance.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

_BUILD_TYPE = "urn:zufall:make-release:1"


class Digest(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """The digest of a file or an image, or the name of a commit."""

    sha256: str = ""
    git_commit: str = ""


class Artefact(msgspec.Struct, frozen=True):
    """A file or an image of the release."""

    name: str
    digest: Digest


class Material(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that the release was built from. Without a digest, nobody knows exactly what it was."""

    uri: str
    digest: Digest | None = None


class Parameters(msgspec.Struct, frozen=True):
    """What the maintainer chose: the command with its options."""

    command: str


class BuildDefinition(msgspec.Struct, frozen=True, rename="camel"):
    """How it was built, and from what."""

    external_parameters: Parameters
    resolved_dependencies: Sequence[Material]
    build_type: str = _BUILD_TYPE


class Builder(msgspec.Struct, frozen=True):
    """Names who built it."""

    id: str


class BuildTimes(msgspec.Struct, frozen=True, rename="camel"):
    """When it was built."""

    started_on: str
    finished_on: str


class RunDetails(msgspec.Struct, frozen=True):
    """The run of the build."""

    builder: Builder
    metadata: BuildTimes


class Predicate(msgspec.Struct, frozen=True, rename="camel"):
    """The provenance itself."""

    build_definition: BuildDefinition
    run_details: RunDetails


class Statement(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The provenance of these files."""

    type: str = msgspec.field(default="https://in-toto.io/Statement/v1", name="_type")
    subject: Sequence[Artefact]
    predicate_type: str = "https://slsa.dev/provenance/v1"
    predicate: Predicate


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def checksums(files: Iterable[Path]) -> str:
    """Return the lines that `sha256sum --check` reads."""
    return "".join(f"{sha256(path)}  {path.name}\n" for path in files)


def statement(
    artefacts: Sequence[Artefact], materials: Sequence[Material], command: str, builder: str, began: float
) -> bytes:
    """Return the statement as JSON. `began` is when the build did, in Unix seconds."""
    times = BuildTimes(_text(datetime.fromtimestamp(began, UTC)), _text(datetime.now(UTC)))
    definition = BuildDefinition(Parameters(command), materials)
    made = Statement(subject=artefacts, predicate=Predicate(definition, RunDetails(Builder(builder), times)))
    return msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n"


def _text(time: datetime) -> str:
    return time.isoformat(timespec="seconds").replace("+00:00", "Z")
