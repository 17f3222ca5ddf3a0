"""Tells the console which templates of statements there are. They change only with the service."""

from collections.abc import Mapping, Sequence

from aiohttp import web
from msgspec import Struct

from services.runtime.http_responses import json_response

from ...core.statements import FEWEST_TOLD, StatementTemplate, StatementWriter
from .auth import Routes
from .views import LevelName, ReasonName, api_name


class StatementTemplateView(Struct, frozen=True):
    """A template. `level` is the usual action, and `seconds` is how long each action usually lasts.

    An action that is not among them does not go with the template. `texts` are by language, with places such
    as {site} that are not filled in, and parts in brackets that are left out if one has no value.
    """

    name: str
    title: str
    rule: ReasonName
    level: LevelName
    seconds: Mapping[str, int]
    reason: str
    texts: Mapping[str, str]


class StatementChoices(Struct, frozen=True):
    """The templates, and what fills them in. `{count}` has no value below `fewest_told` reporters."""

    site: str
    fewest_told: int
    rules: Mapping[str, Mapping[str, str]]
    templates: Sequence[StatementTemplateView]


class StatementsApi:
    """Handles requests for the templates of statements."""

    def __init__(self, statements: StatementWriter) -> None:
        known = statements.statements
        self._choices = StatementChoices(
            site=statements.site,
            fewest_told=FEWEST_TOLD,
            rules={api_name(rule): dict(names) for rule, names in known.rules.items()},
            templates=[_template_view(template) for template in known.templates.values()],
        )

    def routes(self) -> Routes:
        return {("GET", "/statements"): self.choices}

    async def choices(self, _: web.Request) -> web.Response:
        return json_response(self._choices)


def _template_view(template: StatementTemplate) -> StatementTemplateView:
    return StatementTemplateView(
        name=template.name,
        title=template.title,
        rule=api_name(template.rule),
        level=api_name(template.level),
        seconds={api_name(level): template.seconds(level) for level in template.hours},
        reason=template.reason,
        texts=dict(template.texts),
    )
