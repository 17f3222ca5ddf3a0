"""Fills in the templates of statements: what visitors are told of why, in the languages of the page."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from services.contract.errors import InvalidRequest

from .records import Level, NewDecision, Reason

LANGUAGES = ("en", "de", "es", "fr", "pt", "ru", "tr", "ar")
"""The languages of the page. The first one stands for those that a template lacks."""

PLACES = ("site", "rule", "until", "count")
"""The names that stand in braces in a template."""

UNCERTAIN_PLACES = ("until", "count")
"""They may have no value, so they stand in a part in brackets, which is left out then."""

FEWEST_TOLD = 5
"""The number of reporters is told from here on. A smaller one might tell a visitor who they are."""

PLACE = re.compile(r"\{(\w*)\}")
OPTIONAL_PART = re.compile(r"\[([^\[\]]*)\]")

Texts = Mapping[str, str]
"""A text in each language that has it; English is there."""


@dataclass(frozen=True, slots=True)
class StatementTemplate:
    """A statement for a rule, and what a moderator most often decides with it."""

    name: str
    """Decisions and the audit log name it."""
    title: str
    """What moderators call it."""
    rule: Reason
    level: Level
    """The usual action."""
    hours: Mapping[Level, float]
    """How long each action usually lasts; 0 means without an end. Other actions do not go with it."""
    reason: str
    """For colleagues, unless the moderator types another one."""
    texts: Texts

    def seconds(self, level: Level) -> int:
        """Return how long the action usually lasts, 0 for without an end."""
        hours = self.hours[level]
        return max(1, round(hours * 3600)) if hours else 0  # a moment must not become for ever


@dataclass(frozen=True, slots=True)
class Statements:
    """The templates that moderators choose from, in order, and the texts beside them."""

    templates: Mapping[str, StatementTemplate]
    rules: Mapping[Reason, Texts]
    """The names of the rules."""
    signs: Mapping[str, Texts]
    """What is told of why when a gateway saw signs of spam, by the sign's name in lower case."""


@dataclass(frozen=True, slots=True)
class ToldStatement:
    """What a visitor reads: the text, and what a moderator typed beside it. A language may be unknown, ""."""

    text: str
    language: str
    addition: str = ""
    addition_language: str = ""


class StatementWriter:
    """Writes the statements of one site."""

    def __init__(self, statements: Statements, site: str) -> None:
        """`site` is the name of the site."""
        self.statements = statements
        self.site = site

    def template(self, name: str) -> StatementTemplate | None:
        return self.statements.templates.get(name)

    def chosen(self, name: str, rule: str, level: Level) -> StatementTemplate:
        """Return the template; raise `InvalidRequest` if it does not go with the rule or the level.

        An empty rule goes with every template.
        """
        template = self.template(name)
        if template is None:
            raise InvalidRequest(f"a template is one of {', '.join(self.statements.templates)}")
        if rule not in ("", template.rule.name.lower()) or level not in template.hours:
            raise InvalidRequest(f"the template {name} does not go with this rule or this action")
        return template

    def can_write(self, decision: NewDecision) -> bool:
        """Tell whether its statement, if it comes from a template, can be written anew."""
        return not decision.template or self._texts(decision.template) is not None

    def written(self, decision: NewDecision) -> NewDecision:
        """Return the decision with its statement in English, if it has a template.

        The statement keeps what the template said then. Visitors read what it says when they ask.
        """
        texts = self._texts(decision.template)
        if texts is None:
            return decision
        parts = (self._fill(texts[LANGUAGES[0]], decision, LANGUAGES[0]), decision.addition)
        return replace(decision, statement="\n\n".join(filter(None, parts)))

    def told(self, decision: NewDecision, language: str) -> ToldStatement:
        """Return what the visitor reads in this language, such as "fr" or "pt-BR"."""
        texts = self._texts(decision.template)
        if texts is None:
            return ToldStatement(decision.statement, "" if decision.template else decision.language)
        base = language.partition("-")[0].lower()
        chosen = base if base in texts else LANGUAGES[0]
        text = self._fill(texts[chosen], decision, chosen)
        return ToldStatement(text, chosen, decision.addition, decision.language)

    def _texts(self, name: str) -> Texts | None:
        template = self.template(name)
        return template.texts if template else self.statements.signs.get(name)

    def _fill(self, text: str, decision: NewDecision, language: str) -> str:
        values = {"site": self.site, "rule": self._rule(decision.rule, language)}
        if decision.until:
            values["until"] = f"{datetime.fromtimestamp(decision.until / 1000, UTC):%Y-%m-%d}"
        if decision.reporters_told:
            values["count"] = str(decision.reporters_told)
        return fill(text, values)

    def _rule(self, rule: str, language: str) -> str:
        names = next((names for one, names in self.statements.rules.items() if one.name.lower() == rule), {})
        return names.get(language) or names.get(LANGUAGES[0], rule)


def reporters_told(reporters: int) -> int:
    """Return the number of reporters if the visitor may learn it, else 0."""
    return reporters if reporters >= FEWEST_TOLD else 0


def fill(text: str, values: Mapping[str, str]) -> str:
    """Fill in the places. A part in brackets with a place that has no value is left out."""

    def kept(part: re.Match[str]) -> str:
        return part[1] if set(PLACE.findall(part[1])) <= values.keys() else ""

    return PLACE.sub(lambda place: values[place[1]], OPTIONAL_PART.sub(kept, text)).strip()
