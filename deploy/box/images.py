"""The image of the services: built from this checkout, or pulled, and named after its content."""

import subprocess
import sys
from pathlib import Path

from .compose import say
from .installation import Installation, Unusable

_TARGETS = {"zufall": None, "zufall-backups": "backups"}
"""The names of our images, and the targets of the Dockerfile that build them."""


def newest_image(installation: Installation) -> str:
    """Build or pull the image, and return its name with a tag of its own. Raises `Unusable`.

    The tag is made from the image's content, so the name of a former image stays good.
    """
    source = installation.settings.get("ZUFALL_IMAGE", "")
    tag = ""
    for name, target in _TARGETS.items():
        fresh = _pulled(name, source) if source else _built(installation.folder, name, target)
        tag = tag or _run("docker", "image", "inspect", "--format", "{{.Id}}", fresh)[7:19]
        _run("docker", "tag", fresh, f"{name}:{tag}")
    return f"zufall:{tag}"


def remove_old_images(installation: Installation) -> None:
    """Remove images of ours that the installation no longer remembers, for each takes half a gigabyte."""
    kept = {image.partition(":")[2] for image in installation.images} | {"latest"}
    for name in _TARGETS:
        listed = _run("docker", "image", "ls", "--format", "{{.Tag}}", name).split()
        for tag in set(listed) - kept:
            subprocess.run(["docker", "image", "rm", f"{name}:{tag}"], check=False, capture_output=True)


def new_backup_identity(image: str) -> str:
    """Return a new secret key of age, with its public key in a comment. Raises `Unusable`."""
    backups = image.replace("zufall:", "zufall-backups:", 1)
    return _run("docker", "run", "--rm", "--network", "none", "--entrypoint", "age-keygen", backups) + "\n"


def _pulled(name: str, source: str) -> str:
    repository, _, tag = source.rpartition(":")
    if not repository or "/" in tag or "@" in source:
        raise Unusable(
            f"ZUFALL_IMAGE must be a name with a tag, such as registry.example/zufall:0.2.0, not {source!r}"
        )
    fresh = source if name == "zufall" else f"{repository}-backups:{tag}"
    say(f"pulling {fresh}")
    _run("docker", "pull", "--quiet", fresh)
    return fresh


def _built(folder: Path, name: str, target: str | None) -> str:
    say(f"building {name}, which takes some minutes the first time")
    chosen = ("--target", target) if target else ()
    shown = () if sys.stderr.isatty() else ("--quiet",)
    command = ("docker", "build", *shown, "--tag", name, *chosen, *_revision(folder), str(folder))
    if subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode:
        raise Unusable(f"{name} cannot be built: see what Docker says above")
    return f"{name}:latest"


def _revision(folder: Path) -> tuple[str, ...]:
    """Return the argument of the build that names the commit, or nothing if git knows none."""
    git = ("git", "-C", str(folder), "rev-parse", "--short", "HEAD")
    found = subprocess.run(git, check=False, capture_output=True, text=True)
    return ("--build-arg", f"REVISION={found.stdout.strip()}") if found.returncode == 0 else ()


def _run(*command: str) -> str:
    """Return what a command prints. Raises `Unusable` if it fails."""
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise Unusable(f"`{' '.join(command)}` failed:\n{done.stderr.strip()}")
    return done.stdout.strip()
