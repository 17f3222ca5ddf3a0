"""Addresses of the public internet are told from all others, whatever their form."""

import ipaddress

import pytest

from services.contract.addresses import is_global, parse_ip

PRIVATE_IPV4 = [
    "0.0.0.0",  # noqa: S104 -- an address, nothing is bound
    "10.0.0.5",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.7.7",
    "172.16.9.9",
    "192.0.0.9",
    "192.0.2.1",
    "192.168.1.34",
    "198.18.0.1",
    "224.0.0.251",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
]
PRIVATE_IPV6 = [
    "::",
    "::1",
    "100::1",
    "2001:1::1",
    "2001:db8::1",
    "4000::1",
    "64:ff9b:1::a00:5",
    "fc00::1",
    "fd00::7",
    "fe80::1",
    "fec0::1",
    "ff02::fb",
]


def embedded(address: str) -> dict[str, str]:
    """Return the IPv6 forms that lead to an IPv4 address."""
    number = int(ipaddress.IPv4Address(address))
    forms = {
        "mapped": 0xFFFF << 32 | number,
        "compatible": number,
        "NAT64": 0x64FF9B << 96 | number,
        "6to4": 0x2002 << 112 | number << 80 | 1,
        "Teredo server": 0x2001_0000 << 96 | number << 64 | 0xF7F7_F7F7,
        "Teredo client": 0x2001_0000 << 96 | 0x0808_0808 << 64 | number ^ 0xFFFF_FFFF,
    }
    return {name: str(ipaddress.IPv6Address(form)) for name, form in forms.items()}


def judged(text: str) -> bool:
    address = parse_ip(text)
    assert address is not None
    return is_global(address)


@pytest.mark.parametrize("text", ["8.8.8.8", "1.1.1.1", "2a00:1450:4001:812::200e", "2606:4700::1111"])
def test_an_address_of_the_internet_is_global(text: str) -> None:
    assert judged(text)


@pytest.mark.parametrize("text", PRIVATE_IPV4 + PRIVATE_IPV6)
def test_an_address_of_any_other_network_is_not(text: str) -> None:
    assert not judged(text)


@pytest.mark.parametrize("form", embedded("8.8.8.8").keys())
def test_an_address_with_an_ipv4_address_in_it_is_judged_by_that(form: str) -> None:
    assert judged(embedded("8.8.8.8")[form])
    for private in PRIVATE_IPV4:
        assert not judged(embedded(private)[form]), private
