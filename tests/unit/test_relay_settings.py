"""`docs/relay.md` names every setting of `deploy/coturn/start` with its default, and the ports."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "relay.md").read_text()
START = (ROOT / "deploy" / "coturn" / "start").read_text()

PLACES = {
    "ZUFALL_TURN_RUNTIME",
    "ZUFALL_TURN_SECRET_FILE",
    "ZUFALL_TURN_CADDY",
    "ZUFALL_TURN_CERTIFICATE",
    "ZUFALL_TURN_OWN_IP",
}
"""Where the container finds things, and what Kubernetes tells it, which nobody has to change."""


def test_every_setting_is_documented() -> None:
    known = dict(re.findall(r"\$\{(ZUFALL_TURN_\w+):-(.*?)\}", START))
    documented = dict(re.findall(r"^\| `(ZUFALL_\w+)` \| `?(.*?)`? ?\|", PAGE, re.MULTILINE))
    assert documented == {name: default for name, default in known.items() if name not in PLACES}
    assert known.keys() >= PLACES


def test_the_ports_are_those_of_the_default_quota() -> None:
    (first,) = re.findall(r"first_port=(\d+)", START)
    (quota,) = re.findall(r"ZUFALL_TURN_TOTAL_QUOTA:-(\d+)", START)
    assert f"| {first} to {int(first) + int(quota) * 5 // 4 - 1}, UDP |" in PAGE
