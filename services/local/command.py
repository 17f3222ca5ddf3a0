"""The options of `zufall run` and `zufall certificates`."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from services.contract.identities import COMMON_GATEWAY
from services.runtime.terminal import json_option, print_json

from .certificates import make_certificates
from .run import run as run_everything


@click.command()
@click.option("--gateways", default=2, metavar="N", show_default=True, help="Gateway processes.")
@click.option("--matchers", default=1, metavar="N", show_default=True, help="Matcher replicas.")
@click.option(
    "--port",
    default=8080,
    metavar="PORT",
    show_default=True,
    help="The port that all gateways share. The next ports are each gateway's own, then the console's.",
)
@click.option(
    "--host", default="127.0.0.1", metavar="ADDRESS", show_default=True, help="The address to listen on."
)
@click.option("--origin", "origins", multiple=True, metavar="URL", help="One more origin that may connect.")
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=".zufall",
    show_default=True,
    help="The folder of the database and the keys.",
)
@click.option(
    "--limits",
    type=click.Choice(["on", "off"]),
    default="on",
    show_default=True,
    help="`off` lifts every limit. Use it only for measuring.",
)
def run(
    gateways: int, matchers: int, port: int, host: str, origins: tuple[str, ...], data: Path, limits: str
) -> int:
    """Start everything on this machine: NATS, matchers, reports and gateways."""
    return run_everything(gateways, matchers, host, port, data, limits, origins)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--gateway",
    "gateways",
    multiple=True,
    default=[COMMON_GATEWAY],
    metavar="WORD",
    show_default=True,
    help="The ZUFALL_GATEWAY of gateways. Name each gateway to keep its messages from the others.",
)
@click.option(
    "--days",
    type=click.IntRange(1, 3650),
    default=90,
    metavar="N",
    show_default=True,
    help="The life of a certificate.",
)
@click.option("--renew", is_flag=True, help="Renew all, and not only those in the last third of their life.")
@json_option
def certificates(folder: Path, gateways: tuple[str, ...], days: int, renew: bool, as_json: bool) -> int:
    """Make an authority, and a certificate for each service, in FOLDER.

    Each service gets only its own folder in it. Nobody but you gets `authority`.
    """
    try:
        made = make_certificates(folder, gateways, datetime.now(UTC), timedelta(days=days), renew=renew)
    except (OSError, ValueError) as error:
        raise click.ClickException(f"the certificates in {folder} cannot be made: {error}") from None
    if as_json:
        print_json({"folder": str(folder), "made": made})
        return 0
    click.echo(f"made in {folder}: {', '.join(made)}" if made else f"nothing in {folder} needs to be renewed")
    return 0
