"""Maps our rules to the categories in which the EU counts decisions.

The names are those of the DSA Transparency Database, as its schema has them since July 2025, and those of the
Commission Implementing Regulation (EU) 2024/2835 about the reports of Article 15. Source:
https://transparency.dsa.ec.europa.eu/page/api-documentation
"""

from collections.abc import Mapping

from .records import Reason

OTHER_VIOLATION = "STATEMENT_CATEGORY_OTHER_VIOLATION_TC"
"""Other violation of the provider's terms and conditions."""

_CATEGORIES = {
    Reason.NUDITY: OTHER_VIOLATION,  # its keywords include nudity and adult sexual material
    Reason.MINOR: "STATEMENT_CATEGORY_PROTECTION_OF_MINORS",
    Reason.HARASSMENT: "STATEMENT_CATEGORY_CYBER_VIOLENCE",
    Reason.HATE: "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH",
    Reason.VIOLENCE: "STATEMENT_CATEGORY_VIOLENCE",
    Reason.SPAM: OTHER_VIOLATION,
    Reason.SELF_HARM: "STATEMENT_CATEGORY_SELF_HARM",
    Reason.OTHER: OTHER_VIOLATION,
}


def dsa_category(rule: str) -> str:
    """Return the category of a rule, which is the name of a reason in lower case, or what somebody typed."""
    return next((_CATEGORIES[one] for one in Reason if one.name.lower() == rule), OTHER_VIOLATION)


def by_category(by_rule: Mapping[str, int]) -> dict[str, int]:
    """Return how many there are of each category, also where there is none."""
    counts = dict.fromkeys(sorted(set(_CATEGORIES.values())), 0)
    for rule, count in by_rule.items():
        counts[dsa_category(rule)] += count
    return counts
