"""Compose finds a file for each secret that it gives to a container, and nothing is made for nobody."""

from pathlib import Path

import yaml

from deploy.box.installation import Installation

DEPLOY = Path(__file__).parents[3] / "deploy"


def test_the_secrets_that_are_made_are_those_that_containers_get(tmp_path: Path) -> None:
    named: set[str] = set()
    for path in (DEPLOY / "compose.yaml", DEPLOY / "monitoring" / "compose.yaml"):
        compose = yaml.safe_load(path.read_text())
        used = {name for service in compose["services"].values() for name in service.get("secrets", ())}
        named |= used | compose["secrets"].keys()
    installation = Installation(tmp_path, {})
    installation.make_secrets("AGE-SECRET-KEY-1")
    assert {file.name for file in installation.secrets.iterdir()} == named
