"""Defines `zufall migrate`, which uses the database as the owner of its schema."""

import asyncio
import os
import time
from dataclasses import dataclass

import click
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.contract.errors import Unavailable
from services.runtime.config import ConfigError, load, setting
from services.runtime.terminal import CommandFailed, json_option, print_json

from ...core.migration_phases import PhaseRefused
from ..storage import schema
from ..storage.database import for_writing, open_engine, parse_url, raising_unavailable, with_cause
from ..storage.ordinary_role import OrdinaryRole, RoleRefused, make_role

_LONGEST_STATEMENT = 3600.0
"""Seconds, for a migration may have to read a large table."""
_LOCK_NOT_AVAILABLE = "55P03"
_PATIENCE = 60.0
"""Seconds for which a database that does not answer is tried."""
_PAUSE = 0.5
"""Seconds between two tries."""


@dataclass(frozen=True, slots=True)
class MigrationConfig:
    """The settings of `zufall migrate`, each from the variable ZUFALL_<FIELD NAME>."""

    database: str = setting("the URL of the database, as the service uses it", parse=parse_url)
    database_owner: str | None = setting(
        "the URL of the same database with the role that owns the schema, if the service has another one",
        None,
        parse_url,
    )

    def __post_init__(self) -> None:
        if self.database and sa.make_url(self.owner).database != sa.make_url(self.database).database:
            raise ConfigError(["ZUFALL_DATABASE and ZUFALL_DATABASE_OWNER must name the same database"])

    @property
    def owner(self) -> str:
        return self.database_owner or self.database

    @property
    def role(self) -> OrdinaryRole | None:
        """The role of the service; None if the service itself owns the schema."""
        service, owner = sa.make_url(self.database), sa.make_url(self.owner)
        if service.username is None or service.username == owner.username:
            return None
        return OrdinaryRole(service.username, service.password)


@click.command()
@click.argument("phase", type=click.Choice(["expand", "contract", "status"]), default="expand")
@json_option
def migrate(phase: str, as_json: bool) -> None:
    """Update the schema of the database, and the rights of the service's role, before services are updated.

    `expand`, the default, adds what the new version needs; the version before runs on. `contract` removes
    what only older versions need: run it when none of them runs any more. `status` says what has not run yet.
    """
    try:
        config = load(MigrationConfig, os.environ)
    except ConfigError as error:
        raise click.UsageError("; ".join(error.problems)) from None
    try:
        asyncio.run(_migrate(config, phase, as_json))
    except Unavailable as error:
        raise CommandFailed(with_cause(error)) from None
    except sa.exc.DBAPIError as error:
        raise CommandFailed(_why(error)) from None
    except (PhaseRefused, RoleRefused, schema.UnusableSchema, OSError) as error:
        raise CommandFailed(str(error)) from None


async def _migrate(config: MigrationConfig, phase: str, as_json: bool) -> None:
    engine = open_engine(config.owner, _LONGEST_STATEMENT)
    try:
        await _until_it_answers(engine)
        if phase != "status":
            await _run(engine, config.role, contract=phase == "contract", as_json=as_json)
        async with engine.connect() as connection:
            status = await connection.run_sync(schema.status)
        if as_json:
            print_json({"current": status.current, "pending": [one.revision for one in status.pending]})
        else:
            click.echo(_summary(status))
    finally:
        await engine.dispose()


async def _until_it_answers(engine: AsyncEngine) -> None:
    """Wait for a database that starts at the same time, or whose network lets a new pod in a moment later.

    Raises `Unavailable` in the end. Whoever is refused for another reason is told at once.
    """
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            with raising_unavailable():
                async with engine.connect():
                    return
        except Unavailable:
            if engine.dialect.name == "sqlite" or time.monotonic() > end:
                raise
        await asyncio.sleep(_PAUSE)


async def _run(engine: AsyncEngine, role: OrdinaryRole | None, *, contract: bool, as_json: bool) -> None:
    async with for_writing(engine).begin() as connection:
        if waiting := (await connection.run_sync(schema.status)).pending:
            revisions = ", ".join(one.revision for one in waiting)
            click.echo(f"not run yet: {revisions}; this may take a while", err=True)
        await schema.run(connection, contract=contract)
        if role is not None:
            await make_role(connection, role)
            click.echo(f"the role {role.name} may use the tables, and only add to the audit log", err=as_json)


def _why(error: sa.exc.DBAPIError) -> str:
    if getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
        return "something holds a table, perhaps a backup: try again when it is done; nothing has changed"
    return f"the database refused: {error.orig}"


def _summary(status: schema.SchemaStatus) -> str:
    phases = ((one.revision, "contract" if one.contract else "expand") for one in status.pending)
    waiting = ", ".join(f"{revision} ({phase})" for revision, phase in phases)
    now = f"the schema is at {status.current}" if status.current else "the database is empty"
    return f"{now}; {f'not run yet: {waiting}' if waiting else 'nothing is left to run'}"
