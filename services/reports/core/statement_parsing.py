"""Parses the templates of statements from TOML. `statements.toml` explains the file."""

from types import MappingProxyType

from services.contract.toml_table import TomlTable, parse_toml

from .records import Level, Reason, SpamSign
from .statements import (
    LANGUAGES,
    OPTIONAL_PART,
    PLACE,
    PLACES,
    UNCERTAIN_PLACES,
    Statements,
    StatementTemplate,
    Texts,
)

MAX_TEXT = 600
MAX_TITLE = 60
MAX_REASON = 300
MAX_HOURS = 100 * 366 * 24
_ACTIONS = {level.name.lower(): level for level in Level if level is not Level.GOOD}
_RULES = {reason.name.lower(): reason for reason in Reason}
_SIGNS = tuple(sign.name.lower() for sign in SpamSign)


def parse_statements(text: str) -> Statements:
    """Parse `text` (TOML); raises `InvalidToml` with every mistake."""
    return parse_toml(text, _statements)


def _statements(fields: TomlTable, problems: list[str]) -> Statements:
    rules, signs = fields.table("rules"), fields.table("signs")
    templates = [_template(table) for table in fields.tables("template")]
    names = [*_SIGNS, *(template.name for template in templates)]
    problems += [f"there are two templates {name!r}" for name in sorted({*names}) if names.count(name) > 1]
    found = Statements(
        templates=MappingProxyType({template.name: template for template in templates}),
        rules=MappingProxyType(
            {rule: _texts(rules.table(name), MAX_TITLE, ()) for name, rule in _RULES.items()}
        ),
        signs=MappingProxyType({name: _texts(signs.table(name), MAX_TEXT, ("site",)) for name in _SIGNS}),
    )
    for table in (fields, rules, signs):
        table.refuse_unread()
    return found


def _template(fields: TomlTable) -> StatementTemplate:
    hours = fields.table("hours")
    level = _ACTIONS[fields.one_of("level", tuple(_ACTIONS))]
    template = StatementTemplate(
        name=fields.name("name"),
        title=fields.text("title", MAX_TITLE),
        rule=_RULES[fields.one_of("rule", tuple(_RULES))],
        level=level,
        hours=MappingProxyType(
            {
                action: found
                for name, action in _ACTIONS.items()
                if (found := hours.optional_number(name, 0, MAX_HOURS)) is not None
            }
        ),
        reason=fields.text("reason", MAX_REASON),
        texts=_texts(fields.table("statement"), MAX_TEXT, PLACES),
    )
    if level not in template.hours:
        fields.problem(f"[hours] {level.name.lower()} is missing, which is the usual action")
    hours.refuse_unread()
    fields.refuse_unread()
    return template


def _texts(fields: TomlTable, most: int, places: tuple[str, ...]) -> Texts:
    texts = {LANGUAGES[0]: fields.text(LANGUAGES[0], most)}
    texts |= {language: fields.optional_text(language, most) for language in LANGUAGES[1:]}
    fields.refuse_unread()
    for language, text in texts.items():
        for sentence in _mistakes(text, places):
            fields.problem(f"{language}: {sentence}")
    return MappingProxyType({language: text for language, text in texts.items() if text})


def _mistakes(text: str, places: tuple[str, ...]) -> list[str]:
    """Return a sentence for each mistake with braces and brackets."""
    mistakes = [
        f"{{{name}}} is not known; there are {', '.join(f'{{{one}}}' for one in places) or 'none'}"
        for name in PLACE.findall(text)
        if name not in places
    ]
    always = OPTIONAL_PART.sub("", text)
    mistakes += [
        f"{{{name}}} is not always known: put its sentence into [brackets]"
        for name in PLACE.findall(always)
        if name in UNCERTAIN_PLACES and name in places
    ]
    if set(PLACE.sub("", OPTIONAL_PART.sub(r"\1", text))) & set("{}[]"):
        mistakes.append("a brace or a bracket has no other half")
    return mistakes
