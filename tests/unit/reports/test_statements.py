"""What visitors are told of why: the templates, how they are filled in, and how a file of them is refused."""

from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from click.testing import CliRunner

from services.contract.errors import InvalidRequest
from services.contract.ids import DecisionId, VisitorId
from services.contract.toml_table import InvalidToml
from services.reports.core.records import Level, NewDecision, Reason, SpamSign
from services.reports.core.spam import STATEMENTS as SIGNS
from services.reports.core.statement_parsing import parse_statements
from services.reports.core.statements import (
    FEWEST_TOLD,
    LANGUAGES,
    StatementWriter,
    ToldStatement,
    fill,
    reporters_told,
)
from services.reports.shell.commands.statements import statements
from services.reports.shell.statements_file import default_statements, default_text, read_statements

from ...statements import STATEMENTS

DAY = 24 * 3_600_000
RULES = "[rules]\n" + "".join(f'{reason.name.lower()} = {{ en = "{reason.name}" }}\n' for reason in Reason)
SIGN_TEXTS = "[signs]\n" + "".join(f'{sign.name.lower()} = {{ en = "{sign.name}" }}\n' for sign in SpamSign)
TEMPLATE = """
[[template]]
name = "rude"
title = "Rude"
rule = "harassment"
level = "restricted"
hours = { restricted = 1.5, banned = 0 }
reason = "Rude."
[template.statement]
en = "{rule} at {site}.[ Until {until}.][ {count} people said so.]"
de = "{rule} bei {site}."
"""
TEXT = RULES + SIGN_TEXTS + TEMPLATE


def decided(template: str, **changes: object) -> NewDecision:
    made = NewDecision(
        DecisionId("d"), VisitorId("v"), Level.BANNED, "harassment", "", False, 0, 0, template=template
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # the types of fields are lost


def problems(text: str) -> list[str]:
    with pytest.raises(InvalidToml) as caught:
        parse_statements(text)
    return caught.value.problems


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_templates_speak_every_language_of_the_page_and_name_the_site(language: str) -> None:
    ours = default_statements()
    for texts in (
        *(one.texts for one in ours.templates.values()),
        *ours.signs.values(),
        *ours.rules.values(),
    ):
        assert texts.keys() == set(LANGUAGES)
        assert "Zufall" not in texts[language]
    minor = STATEMENTS.told(decided("minor", rule="minor"), language)
    assert "Plaza" in minor.text
    assert minor.language == language


def test_a_french_page_reads_french() -> None:
    told = STATEMENTS.told(decided("minor", rule="minor"), "fr-CA")
    assert told == ToldStatement("Tu sembles avoir moins de 18 ans. Plaza est réservé aux adultes.", "fr")


def test_every_rule_has_a_template_and_a_minor_is_never_banned_for_a_day() -> None:
    templates = list(default_statements().templates.values())
    assert {one.rule for one in templates} == set(Reason)
    for one in templates:
        if one.rule is Reason.MINOR:
            assert {one.seconds(level) for level in one.hours} == {0}, "they are as young tomorrow"
    first = {rule: next(one for one in templates if one.rule is rule) for rule in Reason}
    for template, level in product(first.values(), (Level.WATCHED, Level.RESTRICTED, Level.BANNED)):
        assert level in template.hours


def test_what_is_not_known_is_left_out() -> None:
    rude = StatementWriter(parse_statements(TEXT), "Plaza")
    assert rude.told(decided("rude"), "en").text == "HARASSMENT at Plaza."
    assert rude.told(decided("rude", until=7 * DAY), "en").text == "HARASSMENT at Plaza. Until 1970-01-08."
    both = decided("rude", until=7 * DAY, reporters_told=6)
    assert rude.told(both, "en").text.endswith("Until 1970-01-08. 6 people said so.")
    assert rude.told(both, "fr") == replace(rude.told(both, "en"), language="en"), "French is not there"
    assert rude.told(both, "de").text == "HARASSMENT bei Plaza."


def test_the_number_of_reporters_is_not_told_if_it_could_tell_who_they_are() -> None:
    assert [reporters_told(number) for number in (0, 1, FEWEST_TOLD - 1)] == [0, 0, 0]
    assert reporters_told(FEWEST_TOLD) == FEWEST_TOLD


def test_a_name_with_braces_is_only_a_name() -> None:
    assert fill("{site}[ and {count}]", {"site": "{until} [x]"}) == "{until} [x]"


def test_what_a_moderator_typed_is_told_beside_the_template_as_it_was_typed() -> None:
    typed = decided("minor", rule="minor", addition="Komm mit 18 wieder.", language="de")
    told = STATEMENTS.told(typed, "fr")
    assert (told.language, told.addition, told.addition_language) == ("fr", "Komm mit 18 wieder.", "de")
    kept = STATEMENTS.written(typed).statement
    assert kept == "You seem to be younger than 18. Plaza is for adults only.\n\nKomm mit 18 wieder."


def test_a_template_that_is_gone_leaves_what_was_told() -> None:
    rude = StatementWriter(parse_statements(TEXT), "Plaza")
    kept = STATEMENTS.written(decided("minor", rule="minor"))
    assert rude.told(kept, "fr") == ToldStatement(kept.statement, "")
    assert rude.told(decided("", statement="Non.", language="fr"), "de") == ToldStatement("Non.", "fr")


@pytest.mark.parametrize("sign", SpamSign)
def test_signs_of_spam_are_told_in_every_language(sign: SpamSign) -> None:
    automatic = decided(sign.name.lower(), rule="spam", statement=SIGNS[sign])
    assert STATEMENTS.told(automatic, "en").text == SIGNS[sign], "the same without the file"
    assert STATEMENTS.told(automatic, "ru").text != SIGNS[sign]


def test_a_template_goes_with_its_rule_and_its_actions() -> None:
    rude = StatementWriter(parse_statements(TEXT), "Plaza")
    assert rude.chosen("rude", "", Level.BANNED).seconds(Level.BANNED) == 0
    assert rude.chosen("rude", "harassment", Level.RESTRICTED).seconds(Level.RESTRICTED) == 5400
    for name, rule, level in (
        ("unknown", "", Level.BANNED),
        ("rude", "spam", Level.BANNED),
        ("rude", "harassment", Level.WATCHED),
        ("rude", "", Level.GOOD),
    ):
        with pytest.raises(InvalidRequest):
            rude.chosen(name, rule, level)


def test_the_shortest_action_of_a_template_still_ends() -> None:
    moment = parse_statements(TEXT.replace("restricted = 1.5", "restricted = 0.0001"))
    assert moment.templates["rude"].seconds(Level.RESTRICTED) == 1


def test_every_mistake_is_named() -> None:
    wrong = (
        TEXT.replace("hours = { restricted = 1.5, banned = 0 }", "hours = { banned = -1, ever = 1 }")
        .replace('reason = "Rude."\n', "")
        .replace("{rule} bei {site}.", "{rules} bis {until}. [{count}")
        + 'nl = "Grof."\n'
    )
    assert problems(wrong) == [
        "[[template]] 1: [hours] banned must be from 0 to 878400",
        "[[template]] 1: reason is missing",
        "[[template]] 1: [statement] 'nl' is not known",
        "[[template]] 1: [statement] de: {rules} is not known; there are {site}, {rule}, {until}, {count}",
        "[[template]] 1: [statement] de: {until} is not always known: put its sentence into [brackets]",
        "[[template]] 1: [statement] de: {count} is not always known: put its sentence into [brackets]",
        "[[template]] 1: [statement] de: a brace or a bracket has no other half",
        "[[template]] 1: [hours] restricted is missing, which is the usual action",
        "[[template]] 1: [hours] 'ever' is not known",
    ]


def test_names_are_unique_and_nothing_may_lack() -> None:
    assert problems(TEXT + TEMPLATE) == ["there are two templates 'rude'"]
    assert problems(TEXT + TEMPLATE.replace('"rude"', '"same_line"')) == [
        "there are two templates 'same_line'"
    ]
    assert problems(TEXT.replace("nudity = {", "naked = {")) == [
        "[rules] nudity is missing",
        "[rules] 'naked' is not known",
    ]
    assert problems("template = 3") == [
        "rules is missing",
        "signs is missing",
        "template is not a list of tables [[template]]",
    ]
    assert problems("[") != []


def test_a_file_is_read_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "statements.toml"
    path.write_text(default_text(), "utf-8")
    assert read_statements(str(path)) == default_statements()
    path.write_bytes(b"\xff")
    with pytest.raises(ValueError, match="not a text file"):
        read_statements(str(path))
    with pytest.raises(ValueError, match="No such file"):
        read_statements(str(tmp_path / "none"))
    path.write_text(TEXT.replace('en = "SPAM"', ""))
    with pytest.raises(ValueError, match="no usable statements:\n  \\[rules\\] \\[spam\\] en is missing"):
        read_statements(str(path))


def test_the_command_shows_ours_and_checks_yours(tmp_path: Path) -> None:
    runner, path = CliRunner(), tmp_path / "mine.toml"
    shown = runner.invoke(statements, ["show"])
    assert (shown.exit_code, shown.output) == (0, default_text())
    path.write_text(shown.output, "utf-8")
    whole = runner.invoke(statements, ["check", str(path)])
    assert (whole.exit_code, whole.output) == (0, "valid, templates: 10\n")
    path.write_text(TEXT)
    assert runner.invoke(statements, ["check", str(path)]).output.splitlines() == [
        "valid, templates: 1",
        "rude is told in English for es, fr, pt, ru, tr, ar",
    ]
    path.write_text(TEXT.replace("Rude", ""))
    refused = runner.invoke(statements, ["check", str(path)])
    assert (refused.exit_code, "[[template]] 1: title must be 1 to 60 characters" in refused.output) == (
        2,
        True,
    )
