"""Defines `zufall statements check` and `zufall statements show`."""

import click

from services.runtime.terminal import json_option, print_json

from ...core.statements import LANGUAGES, StatementTemplate
from ..statements_file import default_statements, default_text, read_statements
from .terminal import usable


@click.group()
def statements() -> None:
    """Show and check what visitors are told about decisions."""


@statements.command(short_help="Say what is wrong with the templates in FILE, if anything.")
@click.argument("file")
@json_option
def check(file: str, as_json: bool) -> None:
    """Say what is wrong with the templates in FILE, if anything, and which languages they lack."""
    templates = usable(read_statements, file, as_json).templates.values()
    lacking = {template.name: lacks for template in templates if (lacks := _lacks(template))}
    if as_json:
        print_json({"valid": True, "templates": len(templates), "lacking": lacking})
        return
    click.echo(f"valid, templates: {len(templates)}")
    for name, lacks in lacking.items():
        click.echo(f"{name} is told in English for {', '.join(lacks)}")


@statements.command()
@json_option
def show(as_json: bool) -> None:
    """Print the templates that come with Zufall, to start from."""
    if as_json:
        print_json({"templates": [*default_statements().templates], "text": default_text()})
    else:
        click.echo(default_text(), nl=False)


def _lacks(template: StatementTemplate) -> list[str]:
    return [language for language in LANGUAGES if language not in template.texts]
