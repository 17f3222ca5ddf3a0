"""The device key of a browser that is not there. It makes proofs as the page does."""

import base64
from typing import Any

import aiohttp
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bench.client.http import fetch_challenge, solve

Json = dict[str, Any]


class BrowserDevice:
    """Holds a device key. `private` may be on another curve, which gateways refuse."""

    def __init__(self, private: EllipticCurvePrivateKey | None = None) -> None:
        self._private = private or generate_private_key(SECP256R1())
        self.key = self._private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def sign(self, text: bytes) -> bytes:
        """Return r and s, 32 bytes each."""
        r, s = decode_dss_signature(self._private.sign(text, ECDSA(SHA256())))
        size = self._private.key_size // 8
        return r.to_bytes(size) + s.to_bytes(size)

    def proof(self, challenge: str, token: str = "", voucher: str = "") -> Json:
        """Return the field `device` of `POST /api/session`."""
        text = f"zufall device proof 1\n{challenge}\n{token}".encode()
        shown = {"voucher": voucher} if voucher else {}
        return {
            "key": base64.b64encode(self.key).decode(),
            "challenge": challenge,
            "signature": base64.b64encode(self.sign(text)).decode(),
            **shown,
        }

    async def begin(self, url: str, token: str = "", voucher: str = "") -> Json:
        """Get a session from a gateway that accepts the proof."""
        status, session = await self._ask(url, token, voucher)
        assert status == 201, session
        return session

    async def is_refused(self, url: str) -> Json:
        """Ask for a new visitor, and return the problem with which a gateway refuses that."""
        status, problem = await self._ask(url)
        assert status == 403, problem
        return problem

    async def is_banned(self, url: str) -> bool:
        """Ask for a new visitor, and tell whether a gateway refuses that because of a ban."""
        status, answer = await self._ask(url)
        return status == 403 and answer["code"] == "banned"

    async def _ask(self, url: str, token: str = "", voucher: str = "") -> tuple[int, Json]:
        async with aiohttp.ClientSession() as http:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            asked = await fetch_challenge(http, url, headers)
            proofs = {"device": self.proof(asked["challenge"], token, voucher), **await solve(asked)}
            async with http.post(f"{url}/api/session", json=proofs, headers=headers) as answer:
                content: Json = await answer.json(content_type=None)
                return answer.status, content
