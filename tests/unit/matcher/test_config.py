"""The matcher refuses settings that make no sense, and lists all of them at once."""

import pytest

from services.matcher.config import Config
from services.runtime.config import ConfigError, load


@pytest.mark.parametrize(
    "variables",
    [
        {"LANE_RATE": "0"},
        {"LANE_RATE": "nan"},
        {"TICK": "inf"},
        {"TICK": "-1"},
        {"THIN_MARKET": "-1"},
        {"CROWD_TICKETS": "-1"},
        {"STAGE_AGES": "2,5"},
        {"STAGE_AGES": "2,5,inf"},
        {"STAGE_AGES": "5,2,15"},
        {"STAGE_AGES": "0,2,nan"},
        {"THIN_MARKET": "3", "TINY_MARKET": "4"},
    ],
)
def test_senseless_settings_are_refused(variables: dict[str, str]) -> None:
    with pytest.raises(ConfigError):
        load(Config, {f"ZUFALL_{name}": value for name, value in variables.items()})


def test_pools_may_be_switched_off() -> None:
    config = load(Config, {"ZUFALL_THIN_MARKET": "0", "ZUFALL_TINY_MARKET": "0"})
    assert (config.thin_market, config.tiny_market) == (0, 0)
