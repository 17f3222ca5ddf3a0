"""Tests that a policy is parsed, or refused with every mistake in it."""

import contextlib
import re
from math import inf
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.contract.toml_table import InvalidToml
from services.reports.core.policy import (
    ActionThreshold,
    Policy,
    ReporterHistory,
    SpamRules,
    parse_policy,
)
from services.reports.core.records import Level, Reason, SpamSign
from services.reports.shell.policy_file import NO_HISTORY, default_policy, read_policy, read_source

TEXT = """
version = "test-1"
half_life_hours = 24
[weights]
minor = 4
nudity = 2
violence = 2
harassment = 1
hate = 1
self_harm = 1
spam = 0
other = 0.5
[reporter]
upheld = 1
dismissed = 3
free_a_day = 5
[independence]
same_network = 0.5
same_reporter = 0
least = 0.1
[doubt]
unproven = 0.5
device_hours = 12
flag = 0.25
[history]
device_hours = 100
upheld = 3
[flood]
minors_a_day = 5
others_a_day = 50
[[action]]
from_score = 1
level = "watched"
hours = 0.5
networks = 1
[[action]]
from_score = 2
level = "restricted"
hours = 168
networks = 3
"""


NAMES_WATCHED, NAMES_BANNED = 'level = "watched"', 'level = "banned"'
SECOND = "[[action]] 2: "
NO_NAME = "version must be 1 to 32 letters, digits, dots, - and _, in quotes"
NO_LEVEL = f"{SECOND}level must be one of watched, restricted, banned, in quotes"


def problems(text: str) -> list[str]:
    with pytest.raises(InvalidToml) as caught:
        parse_policy(text)
    assert str(caught.value) == "; ".join(caught.value.problems)
    return caught.value.problems


def changed(line: str, by: str) -> str:
    assert len(re.findall(f"^{re.escape(line)}$", TEXT, re.MULTILINE)) == 1, "the test names one line"
    return re.sub(f"^{re.escape(line)}$", lambda _: by, TEXT, flags=re.MULTILINE)


def test_everything_is_read() -> None:
    weights = {
        Reason.NUDITY: 2, Reason.MINOR: 4, Reason.HARASSMENT: 1, Reason.HATE: 1,
        Reason.VIOLENCE: 2, Reason.SPAM: 0, Reason.SELF_HARM: 1, Reason.OTHER: 0.5,
    }  # fmt: skip
    assert parse_policy(TEXT) == Policy(
        version="test-1",
        weights=weights,
        half_life_hours=24,
        prior_upheld=1,
        prior_dismissed=3,
        free_a_day=5,
        same_network_factor=0.5,
        same_reporter_factor=0,
        min_network_points=0.1,
        unproven_factor=0.5,
        device_hours=12,
        flag_factor=0.25,
        thresholds=(ActionThreshold(1, Level.WATCHED, 0.5, 1), ActionThreshold(2, Level.RESTRICTED, 168, 3)),
        history=ReporterHistory(device_hours=100, upheld=3),
        minors_a_day=5,
        others_a_day=50,
    )


def test_a_policy_from_before_histories_can_be_replayed_but_not_be_in_force(tmp_path: Path) -> None:
    file = tmp_path / "old.toml"
    for table in (
        "[history]\ndevice_hours = 100\nupheld = 3\n",
        "[flood]\nminors_a_day = 5\nothers_a_day = 50\n",
    ):
        file.write_text(TEXT.replace(table, ""))
        assert read_policy(str(file)) != parse_policy(TEXT)
        with pytest.raises(ValueError, match=re.escape(NO_HISTORY)):
            read_source(str(file))
    file.write_text(TEXT)
    assert read_source(str(file)).policy == parse_policy(TEXT)


def test_how_many_flags_count_may_be_left_out_as_policies_of_before_do() -> None:
    assert parse_policy(TEXT).flags_a_day == inf
    assert parse_policy(TEXT.replace("[doubt]", "[flags]\ncount_a_day = 3\n[doubt]")).flags_a_day == 3
    told = problems(TEXT.replace("[doubt]", "[flags]\ncount_a_day = 101\nmore = 1\n[doubt]"))
    assert told == ["[flags] count_a_day must be from 0 to 100", "[flags] 'more' is not known"]


def test_a_flag_of_spam_may_have_a_weight_of_its_own() -> None:
    assert parse_policy(TEXT).weight(Reason.SPAM, flag=True) == 0
    policy = parse_policy(TEXT.replace("[doubt]", "[flags]\ncount_a_day = 3\nspam = 2\n[doubt]"))
    assert policy.weight(Reason.SPAM, flag=True) == 2
    assert policy.weight(Reason.SPAM, flag=False) == 0
    assert policy.weight(Reason.NUDITY, flag=True) == 2


def test_what_follows_from_signs_of_spam_may_be_left_out() -> None:
    table = "[spam]\nwatched_hours = 5\nrestricted_hours = 0.5\nagain_hours = 9\n" + "\n".join(
        f'{one.name.lower()} = "{level}"'
        for one, level in zip(SpamSign, ("watched", "watched", "restricted", "restricted"), strict=True)
    )
    assert parse_policy(TEXT).spam is None
    restricting = frozenset({SpamSign.EARLY_LINK, SpamSign.MACHINE_RATE})
    with_table = TEXT.replace("[doubt]", f"{table}\n[doubt]")
    assert parse_policy(with_table).spam == SpamRules(5, 0.5, 9, restricting)
    assert problems(with_table.replace('same_line = "watched"', 'same_line = "banned"')) == [
        "[spam] same_line must be one of watched, restricted, in quotes"
    ]
    assert problems(with_table.replace("restricted_hours = 0.5", "restricted_hours = 169")) == [
        "[spam] restricted_hours must be above 0 and at most 168"
    ]


def test_older_policies_may_omit_the_weight_of_pictures() -> None:
    assert parse_policy(TEXT).picture_half_lives == 0
    assert (
        parse_policy(TEXT.replace("[doubt]", "[pictures]\nhalf_lives = 1.5\n[doubt]")).picture_half_lives
        == 1.5
    )
    told = problems(TEXT.replace("[doubt]", "[pictures]\nhalf_lives = 10.1\nworth = 1\n[doubt]"))
    assert told == [
        "[pictures] half_lives must be from 0 to 10",
        "[pictures] 'worth' is not known",
    ]
    assert problems(TEXT.replace("[doubt]", "[pictures]\n[doubt]")) == ["[pictures] half_lives is missing"]


def test_without_an_action_nothing_happens_by_itself() -> None:
    assert parse_policy(TEXT.partition("[[action]]")[0]).thresholds == ()


def test_the_policy_that_comes_with_zufall_is_one() -> None:
    policy = default_policy()
    assert [step.level for step in policy.thresholds] == [Level.WATCHED, Level.RESTRICTED, Level.BANNED]
    assert policy.history is not None
    assert all(step.networks > 1 for step in policy.thresholds), "no network alone has anything done"


@pytest.mark.parametrize(
    ("line", "by", "problem"),
    [
        ('version = "test-1"', "version = 1", NO_NAME),
        ('version = "test-1"', 'version = "a b"', NO_NAME),
        ("half_life_hours = 24", "half_life_hours = 0", "half_life_hours must be above 0 and at most 8760"),
        ("half_life_hours = 24", "half_life_hours = nan", "half_life_hours must be above 0 and at most 8760"),
        ("half_life_hours = 24", "half_life_hours = true", "half_life_hours is not a number"),
        ("half_life_hours = 24", 'half_life_hours = "24"', "half_life_hours is not a number"),
        ("nudity = 2", "", "[weights] nudity is missing"),
        ("nudity = 2", "nudity = -1", "[weights] nudity must be from 0 to 1000"),
        ("nudity = 2", "nudity = inf", "[weights] nudity must be from 0 to 1000"),
        ("nudity = 2", f"nudity = {10**400}", "[weights] nudity must be from 0 to 1000"),
        ("nudity = 2", "nudity = 2\nnakedness = 2", "[weights] 'nakedness' is not known"),
        ("free_a_day = 5", "free_a_day = 5.5", "[reporter] free_a_day is not a whole number"),
        ("free_a_day = 5", "free_a_day = 0", "[reporter] free_a_day must be from 1 to 1000"),
        ("dismissed = 3", "dismissed = 0", "[reporter] dismissed must be above 0 and at most 1000"),
        ("same_network = 0.5", "same_network = 1", "[independence] same_network must be from 0 to 0.9"),
        ("same_reporter = 0", "same_reporter = 1", "[independence] same_reporter must be from 0 to 0.9"),
        ("flag = 0.25", "flag = 2", "[doubt] flag must be from 0 to 1"),
        ("device_hours = 12", "", "[doubt] device_hours is missing"),
        ("device_hours = 12", "device_hours = 169", "[doubt] device_hours must be from 0 to 168"),
        ("device_hours = 12", "device_hours = 0.5", "[doubt] device_hours is not a whole number"),
        ("device_hours = 100", "device_hours = 0", "[history] device_hours must be from 1 to 168"),
        ("upheld = 3", "upheld = 0", "[history] upheld must be from 1 to 1000"),
        ("minors_a_day = 5", "minors_a_day = 0", "[flood] minors_a_day must be from 1 to 100"),
        ("[doubt]", "[doubts]", "doubt is missing; 'doubts' is not known"),
        ('level = "restricted"', 'level = "good"', NO_LEVEL),
        ("hours = 168", "hours = 168.01", "[[action]] 2: hours must be above 0 and at most 168"),
        ("hours = 168", "hours = 0", "[[action]] 2: hours must be above 0 and at most 168"),
        ("hours = 168", "", "[[action]] 2: hours is missing"),
        ("hours = 168", "hours = 168\nuntil = 0", "[[action]] 2: 'until' is not known"),
        ("from_score = 2", "from_score = 1", f"{SECOND}from_score must be higher than in the action before"),
        ("networks = 1", "networks = 4", f"{SECOND}networks must not be fewer than in the action before"),
        (NAMES_WATCHED, NAMES_BANNED, f"{SECOND}level must not be milder than in the action before"),
        ("hours = 168", "hours = 0.4", "[[action]] 2: hours must not be fewer than in the action before"),
        ("networks = 1", "networks = 0", "[[action]] 1: networks must be from 1 to 1000"),
    ],
)  # fmt: skip
def test_one_mistake_is_one_problem(line: str, by: str, problem: str) -> None:
    assert "; ".join(problems(changed(line, by))) == problem


def test_an_action_that_adds_nothing_is_refused() -> None:
    head, first, _ = TEXT.split("[[action]]")
    again = first.replace("from_score = 1", "from_score = 2")
    assert problems(f"{head}[[action]]{first}[[action]]{again}") == [
        f"{SECOND}does the same as the action before"
    ]


def test_all_mistakes_are_told_at_once() -> None:
    told = problems(
        "half_life_hour = 24\naction = [{hours = 999, networks = 1}]\n[doubt]\nflag = 7\n[weights]\nspam = 1"
    )
    assert "'half_life_hour' is not known" in told
    assert "half_life_hours is missing" in told
    assert "reporter is missing" in told
    assert "[doubt] flag must be from 0 to 1" in told
    assert "[[action]] 1: hours must be above 0 and at most 168" in told
    assert "[[action]] 1: level is missing" in told
    assert sum(problem.startswith("[weights]") for problem in told) == 7
    assert len(set(told)) == len(told)


@pytest.mark.parametrize(
    "text", ["version =", "weights = 1\nweights = 2", "x = " + "[" * 5000, "x = " + "9" * 5000]
)
def test_a_policy_that_is_not_toml_is_refused(text: str) -> None:
    assert problems(text)[0].startswith("this is not TOML: ")


@pytest.mark.parametrize("hours", [0, -1, 168.01, float("inf"), float("nan")])
def test_not_even_code_can_say_that_an_action_never_ends(hours: float) -> None:
    with pytest.raises(ValueError, match="ends within 168 hours"):
        ActionThreshold(1, Level.BANNED, hours, 1)


@pytest.mark.no_cover
@settings(max_examples=200, deadline=None)
@given(
    line=st.sampled_from([line for line in TEXT.splitlines() if line]),
    by=st.one_of(
        st.just(""), st.sampled_from(["a = 1", "[weights]", "[[weights]]", "action = 1"]), st.text()
    ),
    value=st.none()
    | st.sampled_from(["nan", "-inf", "{}", "[]", "[{}]", '""', "1e400", "1979-05-27", "true"]),
)
@example(line="[[action]]", by="", value=None)
def test_any_text_is_a_valid_policy_or_is_refused(line: str, by: str, value: str | None) -> None:
    key = line.partition(" = ")[0]
    text = TEXT.replace(line, by if value is None else f"{key} = {value}", 1)
    with contextlib.suppress(InvalidToml):
        assert all(0 < step.hours <= 168 for step in parse_policy(text).thresholds)
