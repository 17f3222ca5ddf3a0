"""Countries of addresses, from the real database, from records of both layouts and from damaged files."""

import ipaddress
import shutil
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.runtime.built_files import COUNTRIES
from services.runtime.config import ConfigError, load
from services.signaling.config import Config
from services.signaling.shell.countries.country_database import CountryDatabase, open_countries
from services.signaling.shell.countries.country_records import country_of, public_address

MUNICH, CAMBRIDGE, TOKYO = "129.187.254.90", "131.111.150.25", "133.11.0.1"
"""Addresses that have always belonged to universities in these cities."""


@pytest.fixture(scope="module")
def countries() -> CountryDatabase:
    return CountryDatabase(COUNTRIES)


@pytest.mark.parametrize(
    ("address", "country"),
    [
        (MUNICH, "DE"),
        (CAMBRIDGE, "GB"),
        (TOKYO, "JP"),
        ("2001:4ca0::1", "DE"),
        (f"::ffff:{MUNICH}", "DE"),
        (f"::FFFF:{MUNICH}", "DE"),
    ],
)
def test_an_address_of_the_internet_has_a_country(
    countries: CountryDatabase, address: str, country: str
) -> None:
    assert countries.country(address) == country


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "::1", "::ffff:127.0.0.1", "10.1.2.3", "192.168.0.1", "100.64.0.1", "169.254.1.1",
        "fe80::1%eth0", "fd00::1", "192.0.2.1", "2001:db8::1", "0.0.0.1", "255.255.255.255", "::",
        "", " ", "unknown", "129.187.254", f"{MUNICH}:443", f" {MUNICH}", "１２９.187.254.90", "\0", "9" * 50,
    ],
)  # fmt: skip
def test_all_other_addresses_have_no_country(countries: CountryDatabase, address: str) -> None:
    assert countries.country(address) == ""


@given(st.one_of(st.text(), st.ip_addresses().map(str)))
@example("1.2.3.4\n")
def test_any_text_is_accepted_as_an_address(address: str) -> None:
    code = open_countries(str(COUNTRIES)).country(address)
    assert code == "" or (len(code) == 2 and code.isupper() and public_address(address))


def test_every_country_of_the_database_is_a_code(countries: CountryDatabase) -> None:
    """This looks at a sample of the whole IPv4 space."""
    addresses = map(str, map(ipaddress.IPv4Address, range(0, 2**32, 2**32 // 50_000)))
    found = {countries.country(address) for address in addresses}
    assert {"DE", "US", "BR", "IN", "ZA", ""} < found
    assert not found & {"AP", "EU", "ZZ"}


@pytest.mark.parametrize(
    ("record", "country"),
    [
        ({"country_code": "DE"}, "DE"),
        ({"country_code": "de"}, "DE"),
        ({"country": {"iso_code": "FR", "names": {"en": "France"}}, "continent": {"code": "EU"}}, "FR"),
        ({"country_code": "EU"}, ""),
        ({"country_code": "ZZ"}, ""),
        ({"country_code": "A1"}, ""),
        ({"country_code": "DEU"}, ""),
        ({"country_code": "ÄÖ"}, ""),
        ({"country_code": None}, ""),
        ({"country": "DE"}, ""),
        ({"autonomous_system_number": 12816}, ""),
        ("DE", ""),
        (None, ""),
    ],
)
def test_a_record_in_either_layout_has_its_country(record: object, country: str) -> None:
    assert country_of(record) == country


def broken(folder: Path, damage: str) -> Path:
    path, sound = folder / "countries.mmdb", COUNTRIES.read_bytes()
    rubbish = {
        "missing": None,
        "empty": b"",
        "text": b"DE,FR,GB",
        "first half": sound[: len(sound) // 2],
        "second half": sound[len(sound) // 2 :],
    }[damage]
    if rubbish is not None:
        path.write_bytes(rubbish)
    return path


@pytest.mark.parametrize("damage", ["missing", "empty", "text", "first half", "second half"])
def test_a_configured_database_must_be_usable(tmp_path: Path, damage: str) -> None:
    path = broken(tmp_path, damage)
    with pytest.raises(ConfigError) as refused:
        load(Config, {"ZUFALL_COUNTRIES": str(path)})
    (problem,) = (one for one in refused.value.problems if "ZUFALL_COUNTRIES" in one)
    assert problem.startswith(f"ZUFALL_COUNTRIES: {path} ")
    assert "\n" not in problem


def test_a_folder_is_not_accepted(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"not a valid \.mmdb database|cannot be read"):
        open_countries(str(tmp_path))


def test_a_file_that_is_damaged_later_gives_no_country(tmp_path: Path) -> None:
    """The tree is overwritten in place, as a careless update might do."""
    path = tmp_path / "countries.mmdb"
    shutil.copy(COUNTRIES, path)
    countries = CountryDatabase(path)
    assert countries.country(MUNICH) == "DE"
    with path.open("r+b") as file:
        file.write(b"\xff" * 2_000_000)
    assert countries.country(MUNICH) == ""
