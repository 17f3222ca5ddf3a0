"""The requests and responses of the console about logins and accounts. Times are in Unix milliseconds."""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Struct

from .views import RoleName

AccountState = Annotated[str, Meta(extra_json_schema={"enum": ["invited", "active", "disabled"]})]


class LoginRequest(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    password: str
    code: str


class ConfirmationRequest(Struct, frozen=True, forbid_unknown_fields=True):
    code: str


class InvitationRequest(Struct, frozen=True, forbid_unknown_fields=True):
    token: str


class AcceptInvitationRequest(Struct, frozen=True, forbid_unknown_fields=True):
    token: str
    password: str
    code: str
    opening: str


class InviteRequest(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    role: RoleName


class AccountChangeRequest(Struct, frozen=True, forbid_unknown_fields=True):
    role: RoleName | None = None
    disabled: bool | None = None


class LoginMethods(Struct, frozen=True):
    """The ways to log in. `oidc` is the name of the identity provider, if one is configured."""

    password: bool
    oidc: str | None


class SessionView(Struct, frozen=True):
    """The account that is logged in, and until when."""

    name: str
    role: RoleName
    expires_at: int


class InvitationDetails(Struct, frozen=True):
    """A new secret for the authenticator of an invited person; `qr` is an SVG.

    `opening` is to be sent with the acceptance, which keeps this secret and no other.
    """

    name: str
    role: RoleName
    secret: str
    uri: str
    qr: str
    opening: str


class AccountView(Struct, frozen=True):
    """An account. `locked_until` and `last_login` are 0 for never."""

    name: str
    role: RoleName
    state: AccountState
    locked_until: int
    last_login: int


class AccountList(Struct, frozen=True):
    """All accounts."""

    accounts: Sequence[AccountView]


class InvitationLink(Struct, frozen=True):
    """The path of a link that lets somebody in once."""

    name: str
    invitation: str
    expires_at: int
