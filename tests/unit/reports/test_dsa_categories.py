"""Each rule has a category of the DSA Transparency Database."""

from services.reports.core.dsa_categories import OTHER_VIOLATION, by_category, dsa_category
from services.reports.core.records import Reason


def test_every_rule_has_a_category_and_what_somebody_typed_has_the_last() -> None:
    for reason in Reason:
        assert dsa_category(reason.name.lower()).startswith("STATEMENT_CATEGORY_")
    assert dsa_category("rudeness") == OTHER_VIOLATION
    assert dsa_category("violence") == "STATEMENT_CATEGORY_VIOLENCE"


def test_categories_are_counted_also_where_there_is_none() -> None:
    counts = by_category({"violence": 2, "spam": 1, "rudeness": 3})
    assert counts["STATEMENT_CATEGORY_VIOLENCE"] == 2
    assert counts[OTHER_VIOLATION] == 4
    assert counts["STATEMENT_CATEGORY_SELF_HARM"] == 0
