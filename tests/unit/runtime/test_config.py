"""Configuration from the environment: typed, with defaults, and every problem at once."""

from dataclasses import MISSING, dataclass, fields
from pathlib import Path

import pytest

from services.contract.keys import new_key
from services.matcher.config import Config as MatcherConfig
from services.reports.config import Config as ReportsConfig
from services.runtime.config import ConfigError, load, one_of, setting
from services.signaling.config import Config as GatewayConfig


@dataclass(frozen=True)
class Config:
    must: str = setting("what must be set")
    number: int = setting("a number", 7)
    ratio: float = setting("a ratio", 0.5)
    flag: bool = setting("a flag", True)
    folder: Path = setting("a folder", Path("web/dist"))
    words: tuple[str, ...] = setting("words", ("a", "b"))
    color: str = setting("a color", "red", one_of("red", "green"))

    def __post_init__(self) -> None:
        if self.number == 13:
            raise ConfigError(["ZUFALL_NUMBER=13 brings bad luck"])


def test_an_unset_variable_has_its_default() -> None:
    assert load(Config, {"ZUFALL_MUST": "x"}) == Config("x")


def test_a_set_variable_is_parsed() -> None:
    environment = {
        "ZUFALL_MUST": "x",
        "ZUFALL_NUMBER": "8",
        "ZUFALL_RATIO": "0.25",
        "ZUFALL_FLAG": "off",
        "ZUFALL_FOLDER": "/srv",
        "ZUFALL_WORDS": "c, d,,e ",
        "ZUFALL_COLOR": "green",
        "ZUFALL_UNKNOWN": "is nobody's business",
        "NUMBER": "9",
    }
    assert load(Config, environment) == Config("x", 8, 0.25, False, Path("/srv"), ("c", "d", "e"), "green")


@pytest.mark.parametrize(
    ("text", "value"),
    [(t, True) for t in ("1", "true", "YES", "On")] + [(t, False) for t in ("0", "false", "No", "OFF")],
)
def test_a_flag_may_be_said_in_several_ways(text: str, value: bool) -> None:
    assert load(Config, {"ZUFALL_MUST": "x", "ZUFALL_FLAG": text}).flag is value


def test_an_empty_variable_is_not_set() -> None:
    assert load(Config, {"ZUFALL_MUST": "x", "ZUFALL_NUMBER": "", "ZUFALL_WORDS": ""}) == Config("x")
    with pytest.raises(ConfigError, match="ZUFALL_MUST is not set: what must be set"):
        load(Config, {"ZUFALL_MUST": ""})


def test_every_problem_is_listed_at_once() -> None:
    environment = {
        "ZUFALL_NUMBER": "seven",
        "ZUFALL_RATIO": "half",
        "ZUFALL_FLAG": "maybe",
        "ZUFALL_COLOR": "blue",
    }
    with pytest.raises(ConfigError) as refused:
        load(Config, environment)
    problems = refused.value.problems
    assert [problem.split(":")[0].split(" ")[0] for problem in problems] == [
        "ZUFALL_MUST",
        "ZUFALL_NUMBER",
        "ZUFALL_RATIO",
        "ZUFALL_FLAG",
        "ZUFALL_COLOR",
    ]
    assert all(word in str(refused.value) for word in ("seven", "half", "maybe", "red, green"))


def test_contradictions_are_listed_with_the_values_that_are_unusable() -> None:
    with pytest.raises(ConfigError) as refused:
        load(Config, {"ZUFALL_NUMBER": "13", "ZUFALL_COLOR": "blue"})
    assert [problem.partition(" ")[0] for problem in refused.value.problems] == [
        "ZUFALL_MUST",
        "ZUFALL_COLOR:",
        "ZUFALL_NUMBER=13",
    ]


def test_what_contradicts_an_unusable_value_is_not_guessed() -> None:
    with pytest.raises(ConfigError) as refused:
        load(
            GatewayConfig,
            {
                **GATEWAY,
                "ZUFALL_ORIGINS": "a,foo",
                "ZUFALL_LIMITS": "off",
                "ZUFALL_ICE_POLICY": "relay",
                "ZUFALL_ENVIRONMENT": "production",
            },
        )
    found = [problem.partition(" ")[0].rstrip(":") for problem in refused.value.problems]
    assert found[:2] == ["ZUFALL_ORIGINS", "ZUFALL_LIMITS=off"]
    assert "ZUFALL_ICE_POLICY=relay" in found
    with pytest.raises(ConfigError) as refused:
        load(GatewayConfig, {**GATEWAY, "ZUFALL_WORK_MOST": "many", "ZUFALL_WORK_LEAST": "99999"})
    assert refused.value.problems == ["ZUFALL_WORK_MOST: 'many' is not a whole number"]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("NUMBER", "x", "'x' is not a whole number"),
        ("NUMBER", "1.5", "'1.5' is not a whole number"),
        ("RATIO", "half", "'half' is not a number"),
        ("RATIO", "nan", "'nan' is not a number"),
        ("RATIO", "inf", "'inf' is not a number"),
    ],
)
def test_a_number_that_is_none_is_said_in_our_words(name: str, text: str, says: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load(Config, {"ZUFALL_MUST": "x", f"ZUFALL_{name}": text})
    assert refused.value.problems == [f"ZUFALL_{name}: {says}"]


LIMITS = [field.name for field in fields(GatewayConfig) if field.name.startswith("limit_")]


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("text", ["0", "-5", "nan"])
def test_a_limit_that_would_refuse_everything_is_refused(name: str, text: str) -> None:
    with pytest.raises(ConfigError, match=f"^ZUFALL_{name.upper()}: "):
        load(GatewayConfig, {**GATEWAY, f"ZUFALL_{name.upper()}": text})


def test_valid_values_may_contradict_each_other() -> None:
    with pytest.raises(ConfigError, match="bad luck"):
        load(Config, {"ZUFALL_MUST": "x", "ZUFALL_NUMBER": "13"})


def test_a_value_may_be_in_a_file_which_ends_with_a_line_break(tmp_path: Path) -> None:
    (tmp_path / "must").write_text("a word\n")
    (tmp_path / "color").write_text("green")
    environment = {"ZUFALL_MUST_FILE": str(tmp_path / "must"), "ZUFALL_COLOR_FILE": str(tmp_path / "color")}
    assert load(Config, environment) == Config("a word", color="green")


def test_only_one_line_break_is_taken_off_a_file(tmp_path: Path) -> None:
    (tmp_path / "must").write_text(" x \n\n")
    assert load(Config, {"ZUFALL_MUST_FILE": str(tmp_path / "must")}).must == " x \n"


def test_an_empty_name_of_a_file_and_an_empty_file_set_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    environment = {"ZUFALL_MUST": "x", "ZUFALL_NUMBER_FILE": "", "ZUFALL_COLOR_FILE": str(tmp_path / "empty")}
    assert load(Config, environment) == Config("x")
    with pytest.raises(ConfigError, match="ZUFALL_MUST is not set: what must be set"):
        load(Config, {"ZUFALL_MUST_FILE": str(tmp_path / "empty")})


def test_a_variable_and_its_file_are_not_both_set(tmp_path: Path) -> None:
    (tmp_path / "must").write_text("x")
    with pytest.raises(ConfigError) as refused:
        load(Config, {"ZUFALL_MUST": "y", "ZUFALL_MUST_FILE": str(tmp_path / "must")})
    assert refused.value.problems == ["ZUFALL_MUST and ZUFALL_MUST_FILE are both set: set one of them"]


def test_each_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "bytes").write_bytes(b"secret \xff")
    environment = {"ZUFALL_NUMBER_FILE": str(tmp_path / "none"), "ZUFALL_MUST_FILE": str(tmp_path / "bytes")}
    with pytest.raises(ConfigError) as refused:
        load(Config, {**environment, "ZUFALL_COLOR_FILE": str(tmp_path)})
    assert refused.value.problems == [
        f"ZUFALL_MUST_FILE: {tmp_path}/bytes is not a text in UTF-8",
        f"ZUFALL_NUMBER_FILE: {tmp_path}/none cannot be read (No such file or directory)",
        f"ZUFALL_COLOR_FILE: {tmp_path} cannot be read (Is a directory)",
    ]


def test_no_error_quotes_a_file(tmp_path: Path) -> None:
    """A value of the environment is quoted, for it helps. What is in a file may be a secret."""
    (tmp_path / "value").write_text("tiger-tiger")
    names = [f"ZUFALL_{name}" for name in ("NUMBER", "RATIO", "FLAG", "COLOR")]
    with pytest.raises(ConfigError) as refused:
        load(Config, {"ZUFALL_MUST": "x", **{f"{name}_FILE": str(tmp_path / "value") for name in names}})
    assert [problem.partition("_FILE:")[0] for problem in refused.value.problems] == names
    assert "tiger" not in str(refused.value)
    assert refused.value.__cause__ is None
    with pytest.raises(ConfigError, match="tiger-tiger"):
        load(Config, {"ZUFALL_MUST": "x", "ZUFALL_COLOR": "tiger-tiger"})


@pytest.mark.parametrize("kind", [GatewayConfig, ReportsConfig, MatcherConfig])
def test_no_setting_has_a_name_that_means_the_file_of_another(kind: type[GatewayConfig]) -> None:
    assert not [field.name for field in fields(kind) if field.name.endswith("_file")]


KEY = "od5UuNNOpR5GMejv7FyIaBCcS3cmXPVUVDnWeayNab8"  # pragma: allowlist secret
GATEWAY = {
    "ZUFALL_TOKEN_KEYS": new_key(),
    "ZUFALL_PASS_KEYS": new_key(),
    "ZUFALL_ORIGINS": "https://zufall.example, http://localhost:8080",
}


def test_the_gateway_needs_keys_and_origins() -> None:
    with pytest.raises(ConfigError) as refused:
        load(GatewayConfig, {})
    assert [problem.split(" ")[0] for problem in refused.value.problems] == list(GATEWAY)


def test_the_gateway_starts_on_one_machine_with_nothing_else() -> None:
    config = load(GatewayConfig, GATEWAY)
    assert config.origins == {"https://zufall.example", "http://localhost:8080"}
    assert config.environment == "development"
    assert config.limits


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ORIGINS", "zufall.example"),
        ("ORIGINS", "https://zufall.example/"),
        ("ORIGINS", "*"),
        ("TRUSTED_PROXIES", "-1"),
        ("LIMIT_HELLO_SECONDS", "0"),
        ("ORIGINS", "https://"),
        ("LISTEN", "8080"),
        ("LISTEN", "127.0.0.1:8080,nowhere"),
        ("ADMIN_LISTEN", "127.0.0.1:99999"),
        ("MATCHERS", "matcher"),
        ("TOKEN_KEYS", "short"),
        ("PASS_KEYS", f"{KEY},short"),
        ("ENVIRONMENT", "staging"),
        ("ICE_POLICY", "none"),
        ("TRUSTED_PROXIES", "one"),
        ("LIMIT_FRAMES_BURST", "0.5"),
        ("LIMIT_SIGNAL_BYTES_BURST", "8192"),
    ],
)
def test_a_bad_setting_of_the_gateway_is_named(name: str, text: str) -> None:
    with pytest.raises(ConfigError, match=f"ZUFALL_{name}"):
        load(GatewayConfig, {**GATEWAY, f"ZUFALL_{name}": text})


def test_no_secret_has_a_default() -> None:
    secrets = [
        field
        for kind in (GatewayConfig, ReportsConfig, MatcherConfig)
        for field in fields(kind)
        if field.name.endswith(("key", "keys", "token", "secret"))
    ]
    assert {field.name for field in secrets} >= {
        "token_keys",
        "pass_keys",
        "console_keys",
        "moderator_token",
        "turn_secret",
    }
    assert all(field.default in (MISSING, "", ()) for field in secrets)


def test_limits_cannot_be_off_in_production() -> None:
    off = {**GATEWAY, "ZUFALL_LIMITS": "off"}
    assert not load(GatewayConfig, off).limits
    with pytest.raises(ConfigError, match="ZUFALL_LIMITS"):
        load(GatewayConfig, {**off, "ZUFALL_ENVIRONMENT": "production"})


def test_proxies_are_listed_in_production() -> None:
    numbered = {**GATEWAY, "ZUFALL_TRUSTED_PROXIES": "1"}
    assert load(GatewayConfig, numbered).trusted_proxies.number == 1
    with pytest.raises(ConfigError, match="ZUFALL_TRUSTED_PROXIES"):
        load(GatewayConfig, {**numbered, "ZUFALL_ENVIRONMENT": "production"})
    listed = {
        **numbered,
        "ZUFALL_TRUSTED_PROXIES": "private",
        "ZUFALL_ICE_POLICY": "public",
        "ZUFALL_MESH": "on",
        "ZUFALL_ENVIRONMENT": "production",
    }
    assert load(GatewayConfig, listed).trusted_proxies.trusts("10.0.0.1")


@pytest.mark.parametrize("bad", [{"LEAST": "0"}, {"MOST": "0"}, {"LEAST": "500", "MOST": "499"}])
def test_work_has_sensible_bounds(bad: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="ZUFALL_WORK_"):
        load(GatewayConfig, {**GATEWAY, **{f"ZUFALL_WORK_{name}": value for name, value in bad.items()}})


def test_a_provider_of_identities_is_reached_over_tls() -> None:
    given = {"ZUFALL_DATABASE": "sqlite+aiosqlite:///x", "ZUFALL_PASS_KEYS": new_key()}
    given |= {
        "ZUFALL_CONSOLE_KEYS": new_key(),
        "ZUFALL_MODERATOR_TOKEN": "x" * 16,
        "ZUFALL_OIDC_CLIENT_ID": "a",
        "ZUFALL_OIDC_CLIENT_SECRET": "b",
    }
    for good in ("https://id.example", "http://127.0.0.1:8080", "http://localhost/realm"):
        assert load(ReportsConfig, {**given, "ZUFALL_OIDC_ISSUER": good}).oidc_issuer == good
    for bad in ("http://id.example", "http://127.0.0.1.example", "https://", "id.example", "ftp://localhost"):
        with pytest.raises(ConfigError, match="ZUFALL_OIDC_ISSUER"):
            load(ReportsConfig, {**given, "ZUFALL_OIDC_ISSUER": bad})
