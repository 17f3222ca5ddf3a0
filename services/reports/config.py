"""What the reports service reads from the environment."""

from dataclasses import dataclass

from services.contract.keys import Key, parse_ring
from services.runtime.addresses import checked
from services.runtime.config import setting

from . import database
from .policy import Policy
from .policy_file import read_policy
from .retention import Retention


def _moderator_token(text: str) -> str:
    if len(text) < 16:
        raise ValueError("a moderator token has at least 16 characters; `zufall keys` makes one")
    return text


def _days(text: str) -> float:
    days = float(text)
    if not 0 < days <= 10_000:
        raise ValueError("more than 0 and at most 10000 days")
    return days


@dataclass(frozen=True, slots=True)
class Config:
    database: str = setting(
        f"{database.SQLITE}:///path or {database.POSTGRESQL}://user:password@host/name",
        parse=database.checked,
    )
    pass_keys: tuple[Key, ...] = setting(
        "the key ring that gateways have too; `zufall keys` makes one", parse=parse_ring
    )
    moderator_token: str = setting("what moderators prove themselves with", parse=_moderator_token)
    listen: str = setting("where gRPC is served", "127.0.0.1:7020", checked)
    admin_listen: str = setting("where health and metrics are served", "127.0.0.1:7021", checked)
    nats: str = setting("where NATS is", "nats://127.0.0.1:4222")
    keep_pictures_days: float = setting("how long pictures of a decided case are kept", 183.0, _days)
    keep_reports_days: float = setting("how long decided cases are kept", 365.0, _days)
    policy: Policy | None = setting("a file with the rules of triage, in place of ours", None, read_policy)

    @property
    def retention(self) -> Retention:
        return Retention(self.keep_pictures_days, self.keep_reports_days)
