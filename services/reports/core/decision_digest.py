"""Digests a decision, so that its entry in the audit log shows whether its row was changed later."""

import hashlib
import json
from collections.abc import Mapping

from .records import Decision


def decision_digest(decision: Decision) -> str:
    """Return the SHA-256 of all that never changes of a decision, in hexadecimal.

    Its case and its device are left out: a case may be joined with another, and devices are forgotten.
    """
    fixed = (
        decision.sequence,
        decision.id,
        decision.visitor,
        int(decision.level),
        decision.rule,
        decision.reason,
        decision.automated,
        decision.made_at,
        decision.until,
        decision.moderator,
        decision.statement,
        int(decision.evidence),
        decision.policy,
        decision.silent,
        int(decision.cause),
        int(decision.dismissal),
        decision.template,
        decision.addition,
        decision.language,
        decision.reporters_told,
        decision.confirmed_by,
    )
    return hashlib.sha256(json.dumps(fixed, ensure_ascii=False).encode()).hexdigest()


def is_as_logged(decision: Decision, at: int, details: Mapping[str, str]) -> bool:
    """Tell whether a decision is what its entry says, made at `at` (Unix milliseconds).

    Entries of older versions have no digest, and are compared with what they have.
    """
    if (digest := details.get("digest")) is not None:
        return digest == decision_digest(decision)
    known = {
        "visitor": decision.visitor,
        "level": decision.level.name.lower(),
        "rule": decision.rule,
        "reason": decision.reason,
        "statement": decision.statement,
        "until": str(decision.until),
        "policy": decision.policy,
    }
    return decision.made_at == at and all(details.get(key, "") == value for key, value in known.items())
