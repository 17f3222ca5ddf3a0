"""Decisions of a moderator, made over gRPC: a command takes a second of a processor to start."""

from grpc import aio

from protos import reports_pb2 as pb
from protos import reports_pb2_grpc as rpc


async def decide(
    reports: str, token: str, visitor: str, level: pb.Level, rule: str = "", seconds: int = 3600
) -> None:
    """Decide about `visitor` at the service with the address `reports`, with the moderators' `token`."""
    request = pb.DecideRequest(visitor=visitor, level=level, rule=rule, seconds=seconds)
    async with aio.insecure_channel(reports) as channel:
        authorization = ("authorization", f"Bearer {token}")
        await rpc.ModerationStub(channel).Decide(request, metadata=(authorization,))
