"""The end of a connection to NATS."""

from nats.aio.client import Client

from .logs import logger


async def close(client: Client) -> None:
    """Also where the server has gone, with something still to be sent: nats-py tries that all the same."""
    try:
        await client.close()
    except (RuntimeError, OSError) as error:  # uvloop's RuntimeError: the connection is closed already
        logger().warning("what was still to be sent has nowhere to go", reason=str(error))
