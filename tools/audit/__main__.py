"""Checks the packages that Zufall uses: known vulnerabilities and licences. `make audit` runs it.

Fails if there is a known vulnerability or a licence that is not on the list. A registry that does not answer
is no failure, but it is said.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

from .advisories import Answer, of_npm, of_python
from .licences import Licensed, npm_packages, python_packages

NPM_FOLDERS = (Path("web"), Path("countries"), Path("bench/peers"), Path("tests/helm"))
REQUIREMENTS = Path("requirements/development.txt")
"""They include those of the services."""


def main(pip_audit: str) -> int:
    problems = _licences("Python", python_packages())
    problems += _advisories("Python", of_python(Path(pip_audit), REQUIREMENTS))
    for folder in NPM_FOLDERS:
        problems += _licences(str(folder), npm_packages(folder / "package-lock.json"))
        problems += _advisories(str(folder), of_npm(folder))
    return 1 if problems else 0


def _licences(what: str, packages: Iterable[Licensed]) -> int:
    """Print what is not allowed, and return how many packages that are."""
    known = list(packages)
    refused = [one for one in known if not one.allowed]
    print(f"licences, {what}: {len(known)} packages, {len(refused)} not allowed")
    for one in refused:
        print(f"  {one.package}: {one.licence}")
    return len(refused)


def _advisories(what: str, answer: Answer) -> int:
    """Print what is known, and return how many packages have known vulnerabilities."""
    answered = answer.asked - answer.unknown
    print(f"vulnerabilities, {what}: {answered} packages, {len(answer.vulnerable)} with known ones")
    for one in answer.vulnerable:
        print(f"  {one}")
    if answer.unknown:
        print(f"  NOT CHECKED: no registry answered about {answer.unknown} of {answer.asked} packages")
    return len(answer.vulnerable)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
