"""The name of a site, which gateways and the reports service write into what visitors read."""

OUR_NAME = "Zufall"
NAME_LENGTH = 40


def parse_name(text: str) -> str:
    """Return the name with single spaces; raise `ValueError` for one that is too long or unprintable."""
    name = " ".join(text.split())
    if not 0 < len(name) <= NAME_LENGTH or not name.isprintable():
        raise ValueError(f"a name has 1 to {NAME_LENGTH} printable characters")
    return name
