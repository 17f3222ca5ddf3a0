"""The addresses of the relay are found once, and only if the domain has a public one."""

from pathlib import Path

import pytest

from deploy.box.installation import Installation
from deploy.box.relay_address import find_address, relay_address


@pytest.mark.parametrize("domain", ["localhost", "127.0.0.1", "10.0.0.1", "zufall.invalid"])
def test_what_has_no_public_address_has_no_relay_address(tmp_path: Path, domain: str) -> None:
    assert find_address(domain) == ""
    installation = Installation(tmp_path, {"ZUFALL_DOMAIN": domain})
    assert relay_address(installation) == ""
    assert list(tmp_path.iterdir()) == []


def test_behind_a_translation_both_addresses_are_named() -> None:
    public, _, own = find_address("192.31.196.1").partition("/")
    assert public == "192.31.196.1"
    assert own.count(".") == 3


def test_what_was_found_stays(tmp_path: Path) -> None:
    first = relay_address(Installation(tmp_path, {"ZUFALL_DOMAIN": "192.31.196.1"}))
    assert first.startswith("192.31.196.1")
    assert relay_address(Installation(tmp_path, {"ZUFALL_DOMAIN": "localhost"})) == first
