"""The hard rules: who never meets whom, whatever the stage. Each holds both ways."""

from .tickets import Ticket

NEVER_PARTED = float("-inf")


def is_excluded(one: Ticket, other: Ticket) -> bool:
    """Whether time cannot help: oneself, a block, an avoided country, a language that one insists on."""
    return (
        one.visitor_key
        == other.visitor_key  # as `is_same_person`, but this is asked a million times a second
        or (one.device != 0 and one.device == other.device)
        or other.visitor_key in one.blocked
        or one.visitor_key in other.blocked
        or other.country in one.avoid_countries
        or one.country in other.avoid_countries
        or ((one.strict_language or other.strict_language) and not shares_language(one, other))
    )


def is_same_person(one: Ticket, other: Ticket) -> bool:
    """Whether both are the same visitor, or two of the same device."""
    return one.visitor_key == other.visitor_key or (one.device != 0 and one.device == other.device)


CompatibilityClass = tuple[str, frozenset[str], bool]
"""What rules out whole crowds: the country, the countries to avoid, and whether a language is insisted on."""


def compatibility_class(ticket: Ticket) -> CompatibilityClass:
    return ticket.country, ticket.avoid_countries, ticket.strict_language


def may_meet(ticket: Ticket, kind: CompatibilityClass) -> bool:
    """False if `is_excluded` holds for all of that kind with whom it stands in one place."""
    country, avoid_countries, strict_language = kind
    return not (
        country in ticket.avoid_countries
        or ticket.country in avoid_countries
        or (strict_language and not ticket.languages)
    )


def last_parted_at(one: Ticket, other: Ticket) -> float:
    """When these two parted last, if either remembers it, or else `NEVER_PARTED`."""
    if other.visitor_key in one.partners or one.visitor_key in other.partners:
        return max(
            one.partners.get(other.visitor_key, NEVER_PARTED),
            other.partners.get(one.visitor_key, NEVER_PARTED),
        )
    return NEVER_PARTED


def shares_language(one: Ticket, other: Ticket) -> bool:
    """Whether both named one language."""
    return any(language in other.languages for language in one.languages)


def same_country_preferred(one: Ticket, other: Ticket) -> bool:
    """Whether one of the two would rather stay nearby, and the other is."""
    return (one.nearby or other.nearby) and bool(one.country) and one.country == other.country
