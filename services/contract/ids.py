"""Opaque identifiers. Each is a string (or a number) on the wire and a type of its own in the code."""

import secrets
from typing import NewType

VisitorId = NewType("VisitorId", str)
"""22 base64url characters: 128 random bits, chosen when a token is issued."""

MatchId = NewType("MatchId", str)
"""22 base64url characters: 128 random bits, chosen by the matcher."""

GatewayId = NewType("GatewayId", str)
"""A NATS subject token; unique for each start of a gateway process."""

TicketId = NewType("TicketId", int)
"""Counts the tickets of one gateway process from 1; unique together with its GatewayId."""

Token = NewType("Token", str)
"""A signed statement of who a visitor is (`contract.tokens`)."""

Pass = NewType("Pass", str)
"""A sealed proof of one match, held by one side (`contract.passes`)."""

ReportId = NewType("ReportId", str)
DecisionId = NewType("DecisionId", str)


def random_id() -> str:
    """128 random bits as 22 base64url characters."""
    return secrets.token_urlsafe(16)
