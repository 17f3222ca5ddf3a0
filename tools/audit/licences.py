"""Checks the licence of every installed Python package, and of every package in npm's lock files."""

import json
import re
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import NamedTuple

ALLOWED = frozenset({
    "0bsd", "3-clause bsd", "apache", "apache software", "apache-2.0", "bsd", "bsd-2-clause", "bsd-3-clause",
    "cc0-1.0", "dfsg approved", "isc", "mit", "mit-0", "mit-cmu", "mozilla public license 2.0 (mpl 2.0)",
    "mpl-2.0", "pddl-1.0", "psf-2.0", "python software foundation", "unlicense", "zlib",
})  # fmt: skip
"""Licences that ask for notices at most, or (MPL) for changes to the package's own files."""

READ_BY_A_PERSON = {"aiofastnet": "MIT", "picows": "MIT", "xmlhttprequest-ssl": "MIT"}
"""Packages whose metadata names no licence. They are for tests and benchmarks, and have a file that does."""

_OWN = "zufall"
_LONGEST_NAME = 100
"""Characters. Some packages have the whole text of the licence where its name belongs."""


class Licensed(NamedTuple):
    """A package and the text that names its licence."""

    package: str
    licence: str

    @property
    def allowed(self) -> bool:
        """Whether each part of the licence is on the list, or one part if there is a choice."""
        choices = re.sub(r"^\((.*)\)$", r"\1", self.licence).split(" OR ")
        return any(all(_name(part) in ALLOWED for part in re.split(r" AND |; ", one)) for one in choices)


def _name(licence: str) -> str:
    return licence.lower().removesuffix(" license")


def python_packages() -> Iterator[Licensed]:
    """Return the packages of the environment that this runs in."""
    for distribution in distributions():
        name = distribution.metadata["Name"]
        if name != _OWN:
            yield Licensed(name, READ_BY_A_PERSON.get(name) or _licence(distribution))


def _licence(distribution: Distribution) -> str:
    fields = distribution.metadata
    classifiers = [
        text.rpartition(" :: ")[2]
        for text in fields.get_all("Classifier", [])
        if text.startswith("License ::")
    ]
    expression = fields.get_all("License-Expression", [])
    short = [text for text in fields.get_all("License", []) if len(text) < _LONGEST_NAME]
    return "".join(expression) or "; ".join(classifiers) or "".join(short) or "none named"


def npm_packages(lock: Path) -> Iterator[Licensed]:
    """Return the packages in a `package-lock.json`."""
    for path, package in json.loads(lock.read_text())["packages"].items():
        name = path.rpartition("node_modules/")[2]
        if name:
            yield Licensed(name, READ_BY_A_PERSON.get(name) or package.get("license", "none named"))
