"""Decisions of a moderator, made over gRPC: a command takes a second of a processor to start."""

from protos import reports_pb2 as pb
from protos import reports_pb2_grpc as rpc
from services.contract import identities
from services.contract.tokens import id_to_revoke
from services.runtime.rpc import open_channel
from services.runtime.tls import TlsFolder


async def decide(
    reports: str,
    token: str,
    visitor: str,
    level: pb.Level,
    rule: str = "",
    seconds: int = 3600,
    certificate: TlsFolder | None = None,
) -> None:
    """Decide about `visitor` at the service with the address `reports`, with the moderators' `token`."""
    request = pb.DecideRequest(visitor=visitor, level=level, rule=rule, seconds=seconds)
    async with open_channel(reports, identities.REPORTS, certificate) as channel:
        authorization = ("authorization", f"Bearer {token}")
        await rpc.ModerationStub(channel).Decide(request, metadata=(authorization,), wait_for_ready=True)


async def revoke(reports: str, secret: str, token: str) -> None:
    """Revoke a visitor's `token` at the service with the address `reports`, with the moderators' `secret`."""
    request = pb.RevokeTokenRequest(token=id_to_revoke(token))
    async with open_channel(reports, identities.REPORTS, None) as channel:
        authorization = ("authorization", f"Bearer {secret}")
        await rpc.ModerationStub(channel).RevokeToken(request, metadata=(authorization,), wait_for_ready=True)
