"""The port to an identity provider, with the settings of the provider."""

from dataclasses import dataclass
from typing import Protocol

from msgspec import Struct


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """The OpenID Connect provider of an installation.

    `claim` finds the account at the first login; `name` is what the page calls the provider.
    """

    issuer: str
    client_id: str
    client_secret: str
    claim: str
    name: str


class LoginState(Struct, frozen=True, array_like=True):
    """The state of one login at the provider, sealed in a cookie. `expires_at` is in Unix milliseconds."""

    state: str
    nonce: str
    code_verifier: str
    expires_at: int


@dataclass(frozen=True, slots=True)
class Identity:
    """A person at a provider. Only issuer and subject never change (OpenID Connect Core, 5.7).

    `proved_at` is when they last proved to the provider who they are, in Unix milliseconds; None if it does
    not say so.
    """

    issuer: str
    subject: str
    claim: object
    email_verified: bool
    proved_at: int | None = None


class IdentityProvider(Protocol):
    """Tells who somebody is. Both methods raise `Unavailable` if the provider does not answer."""

    async def authorization_url(self, login: LoginState) -> str:
        """Return the page of the provider where the person logs in."""

    async def identify(self, code: str, login: LoginState) -> Identity:
        """Exchange the code for the identity; raise `LoginRefused` if the answer cannot be trusted."""
