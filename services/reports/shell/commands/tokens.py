"""Defines `zufall revoke-token`."""

import sys
from typing import TYPE_CHECKING

import click

from protos import reports_pb2 as pb
from services.contract.errors import TokenRefused
from services.contract.ids import TokenId
from services.contract.tokens import id_to_revoke
from services.runtime.terminal import json_option, moment, print_json

from .terminal import CALL_TIMEOUT, name_option, with_client

if TYPE_CHECKING:
    from .moderation_client import ModerationClient  # gRPC would slow down a help text


@click.command()
@click.argument("token", default="")
@click.option("--reason", default="", metavar="TEXT", help="Why, for those who read the audit log later.")
@name_option
@json_option
@with_client
async def revoke_token(client: "ModerationClient", token: str, reason: str, name: str, as_json: bool) -> None:
    """Refuse TOKEN at every gateway within a second, and close its socket.

    TOKEN is a visitor's token, or its id. Without it, the command reads it from its input, so that the shell
    does not remember it. A token that names no device is refused with all that were renewed from it.
    """
    request = pb.RevokeTokenRequest(token=_id(token), reason=reason, moderator=name)
    made = await client.moderation.RevokeToken(request, metadata=client.metadata, timeout=CALL_TIMEOUT)
    if as_json:
        print_json({"token": made.token, "until": moment(made.until_ms)})
        return
    click.echo(f"the token {made.token} is revoked (kept until {moment(made.until_ms)})")


def _id(token: str) -> TokenId:
    try:
        return id_to_revoke((token or sys.stdin.readline()).strip())
    except TokenRefused as error:
        raise click.UsageError(error.message) from None
