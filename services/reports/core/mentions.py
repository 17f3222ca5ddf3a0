"""Finds the colleagues whom a note names with an @."""

import re
from collections.abc import Collection

_MENTION = re.compile(r"(?<![\w.@+-])@([a-z0-9][a-z0-9._@+-]*)", re.ASCII | re.IGNORECASE)
_PUNCTUATION = "._@+-"
"""An account's name may have these, but a sentence may also end with one."""


def mentioned_accounts(text: str, accounts: Collection[str]) -> list[str]:
    """Return the accounts that `text` mentions, each once, in the order of the text."""
    found = (_account(name.lower(), accounts) for name in _MENTION.findall(text))
    return list(dict.fromkeys(name for name in found if name))


def _account(name: str, accounts: Collection[str]) -> str:
    """Return the account of this name, also if punctuation follows it; "" if there is none."""
    while name and name not in accounts and name[-1] in _PUNCTUATION:
        name = name[:-1]
    return name if name in accounts else ""
