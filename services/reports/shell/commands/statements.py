"""Defines `zufall statements check` and `zufall statements show`."""

import click

from services.runtime.terminal import json_option, print_json

from ...core.statements import LANGUAGES, Statements
from ..statements_file import default_text, read_statements


class StatementsFile(click.ParamType[Statements]):
    """Parses the path of a file with templates of statements."""

    name = "file"

    def convert(
        self, value: str | Statements, param: click.Parameter | None, ctx: click.Context | None
    ) -> Statements:
        if isinstance(value, Statements):
            return value
        try:
            return read_statements(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.group()
def statements() -> None:
    """Show and check what visitors are told of why."""


@statements.command()
@click.argument("statements", metavar="FILE", type=StatementsFile())
@json_option
def check(statements: Statements, as_json: bool) -> None:
    """Say what is wrong with the templates in FILE, if anything, and which languages they lack."""
    lacking = {
        name: [language for language in LANGUAGES if language not in template.texts]
        for name, template in statements.templates.items()
    }
    if as_json:
        print_json({"valid": True, "lacking": lacking})
        return
    click.echo(f"valid, templates: {len(lacking)}")
    for name, languages in lacking.items():
        if languages:
            click.echo(f"{name} is told in English for {', '.join(languages)}")


@statements.command()
def show() -> None:
    """Print the templates that come with Zufall, to start from."""
    click.echo(default_text(), nl=False)
