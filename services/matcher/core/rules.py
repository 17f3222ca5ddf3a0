"""The rules between two tickets: what no stage relaxes, and what makes one partner better than another."""

from .tickets import Ticket

NEVER_PARTED = float("-inf")


def is_excluded(one: Ticket, other: Ticket) -> bool:
    """Tell whether two tickets may not meet, however long they wait.

    The reasons are the same visitor or device, a block, an avoided country, a required language, and that
    both are guests.
    """
    # `is_same_person` is inlined, because this runs a million times a second. Most tickets block nobody.
    return (
        one.visitor_key == other.visitor_key
        or (one.device != 0 and one.device == other.device and not (one.tabs_meet and other.tabs_meet))
        or (one.blocked and has_blocked(one, other))
        or (other.blocked and has_blocked(other, one))
        or other.country in one.avoid_countries
        or one.country in other.avoid_countries
        or ((one.strict_language or other.strict_language) and not shares_language(one, other))
        or (one.guest and other.guest)
    )


def is_same_person(one: Ticket, other: Ticket) -> bool:
    """Tell whether both tickets are of one visitor, or of two with one device whose tabs may not meet."""
    return one.visitor_key == other.visitor_key or (
        one.device != 0 and one.device == other.device and not (one.tabs_meet and other.tabs_meet)
    )


def has_blocked(one: Ticket, other: Ticket) -> bool:
    """Tell whether `one` blocks the visitor of `other`, or their device if it is known."""
    return other.visitor_key in one.blocked or (other.device != 0 and other.device in one.blocked)


CompatibilityClass = tuple[str, frozenset[str], bool, bool]
"""The part of a ticket that excludes many at once: country, avoided countries, strict language, guest."""


def compatibility_class(ticket: Ticket) -> CompatibilityClass:
    return ticket.country, ticket.avoid_countries, ticket.strict_language, ticket.guest


def may_meet(ticket: Ticket, others: CompatibilityClass) -> bool:
    """Return False if `ticket` is excluded from every ticket of this class that stands where it searches."""
    country, avoid_countries, strict_language, guests = others
    return not (
        country in ticket.avoid_countries
        or ticket.country in avoid_countries
        or (strict_language and not ticket.languages)
        or (guests and ticket.guest)
    )


def last_parted_at(one: Ticket, other: Ticket) -> float:
    """Return when the two parted last, as far as either remembers it, or `NEVER_PARTED`."""
    if other.visitor_key in one.partners or one.visitor_key in other.partners:
        return max(
            one.partners.get(other.visitor_key, NEVER_PARTED),
            other.partners.get(one.visitor_key, NEVER_PARTED),
        )
    return NEVER_PARTED


def shares_language(one: Ticket, other: Ticket) -> bool:
    """Tell whether both named a language in common."""
    return any(language in other.languages for language in one.languages)


def same_country_preferred(one: Ticket, other: Ticket) -> bool:
    """Tell whether both are in one country and at least one of them wishes that."""
    return (one.nearby or other.nearby) and bool(one.country) and one.country == other.country
