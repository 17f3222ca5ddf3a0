"""Lets checkov judge the manifests: `python -m tests.manifest_audit CHECKOV`. `make manifests` runs it.

What it finds must stand in `manifest_exceptions.yaml` with a reason, and what stands there must be found.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from .installations import all_installations
from .manifests import Object, copy_with_secrets

EXCEPTIONS = Path(__file__).with_name("manifest_exceptions.yaml")


def main(checkov: str) -> int:
    exceptions = yaml.safe_load(EXCEPTIONS.read_text())
    with TemporaryDirectory() as folder:
        installations = all_installations(copy_with_secrets(Path(folder) / "k8s"))
        found = dict(_failures(checkov, installations, Path(folder) / "rendered"))
    excepted = {one for one in found if _is_excepted(exceptions.get(one[0]), one[1])}
    for check, name in sorted(found.keys() - excepted):
        print(f"{check} {name}: {found[check, name]}")
    unused = exceptions.keys() - {check for check, _ in excepted}
    for check in sorted(unused):
        print(f"{check}: nothing needs this exception; remove it from {EXCEPTIONS.name}")
    print(f"{len(installations)} installations, {len(found)} findings, {len(excepted)} of them with a reason")
    return 1 if unused or found.keys() - excepted else 0


def _is_excepted(exception: Mapping[str, Any] | None, name: str) -> bool:
    return exception is not None and name in exception.get("objects", [name])


def _failures(
    checkov: str, installations: Mapping[str, list[Object]], folder: Path
) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield each check that an object fails, like (CKV_K8S_11, Deployment gateway), and what it asks for."""
    folder.mkdir()
    for name, objects in installations.items():
        (folder / f"{name}.yaml").write_text(yaml.safe_dump_all(objects))
    done = subprocess.run(
        [checkov, "--directory", folder, "--framework", "kubernetes", "--skip-download", "--output", "json"],
        stdout=subprocess.PIPE,
        check=False,  # its status is 1 if it finds anything
    )
    told = json.loads(done.stdout)
    if not told["summary"]["passed"] or told["summary"]["parsing_errors"]:
        raise RuntimeError(f"checkov did not read the manifests: {told['summary']}")
    for one in told["results"]["failed_checks"]:
        kind, _, name = one["resource"].split(".", 2)
        yield (one["check_id"], f"{kind} {name}"), one["check_name"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
