"""Closing a connection to NATS."""

from nats.aio.client import Client

from .logs import logger


async def close(client: Client) -> None:
    """Close the connection. A server that is gone is no error, though nats-py still tries to flush to it."""
    try:
        await client.close()
    except (RuntimeError, OSError) as error:  # uvloop's RuntimeError: the connection is closed already
        logger().warning("closed NATS with messages unsent", reason=str(error))
