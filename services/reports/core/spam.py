"""Decides what follows when a gateway tells of a visitor with many signs of spam."""

from collections.abc import Sequence
from itertools import takewhile

from .policy import SpamRules
from .records import Decision, Evidence, Level, Reason, SpamSign
from .review import Action
from .scoring import HOUR_MS

STATEMENTS = {
    SpamSign.SAME_LINE: "You said the same line to many strangers.",
    SpamSign.NETWORK_LINE: "You said a line that very many strangers got from your network.",
    SpamSign.EARLY_LINK: "You sent links to strangers who had not written anything.",
    SpamSign.MACHINE_RATE: "You went on to the next stranger faster than a person does, again and again.",
}
"""What a visitor is told of why, in English. Templates with the signs' names say it in other languages."""


def spam_action(sign: SpamSign, rules: SpamRules, last: Sequence[Decision], now: int) -> Action | None:
    """Return what follows, or None if what holds is as strict and lasts as long.

    `last` are the decisions about the visitor, and about others with the same device, that are not silent,
    the newest first. `now` is in Unix milliseconds.
    """
    if sign in rules.restricting and _told_before(rules, last, now):
        level, hours = Level.RESTRICTED, rules.restricted_hours
    else:
        level, hours = Level.WATCHED, rules.watched_hours
    action = Action(level, round(hours * 3600), Reason.SPAM, Evidence(0))  # it rests on no report
    adds = not last or action.exceeds(last[0].level, last[0].until, now)
    return action if adds else None


def _told_before(rules: SpamRules, last: Sequence[Decision], now: int) -> bool:
    """Tell whether it was told lately, and no person has decided about the visitor since."""
    since = now - rules.again_hours * HOUR_MS
    automated = takewhile(lambda one: one.automated, last)
    return any(_rests_on_signs(one) and one.made_at > since for one in automated)


def _rests_on_signs(decision: Decision) -> bool:
    """Tell whether signs of spam led to it: an automatic decision about reports has a case."""
    return decision.rule == Reason.SPAM.name.lower() and not decision.case
