"""The options of `zufall run`."""

from pathlib import Path

import click

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
