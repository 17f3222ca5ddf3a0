"""Makes PostgreSQL's role of the service: it uses rows, and cannot change the schema or the log."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

_USUAL_RIGHTS = "SELECT, INSERT, UPDATE, DELETE"
_RIGHTS = {
    "alembic_version": "SELECT",
    "contract_migrations": "SELECT",
    "audit": "SELECT, INSERT",
    "decisions": "SELECT, INSERT, UPDATE (device, case_id)",
}
"""What the service may do with the tables that it only reads, or to which it only adds."""

_TABLES = sa.text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
_WHERE = sa.text("SELECT current_database() AS database, current_schema() AS schema")
_EXISTS = sa.text("SELECT true FROM pg_roles WHERE rolname = :role")
_MAY_TOO_MUCH = sa.text(
    "SELECT has_schema_privilege(:role, current_schema(), 'CREATE')"
    " OR has_table_privilege(:role, 'audit', 'UPDATE, DELETE, TRUNCATE')"
)
_ITERATIONS = 4096


class RoleRefused(Exception):
    """Says in one sentence why the role of the service cannot be made."""


@dataclass(frozen=True, slots=True)
class OrdinaryRole:
    """The name and the password of the service's role. Without a password it has none, or keeps its own."""

    name: str
    password: str | None


async def make_role(connection: AsyncConnection, role: OrdinaryRole) -> None:
    """Create or update the role, on the connection of the schema's owner, with exactly its rights.

    It gets them in the transaction of the migration, so that a running service never lacks one. Raises
    `RoleRefused`.
    """
    here = (await connection.execute(_WHERE)).one()
    tables = list(await connection.scalars(_TABLES))
    exists = await connection.scalar(_EXISTS, {"role": role.name})
    quote = connection.dialect.identifier_preparer.quote_identifier
    names = (quote(role.name), quote(here.database), quote(here.schema))
    for statement in (*_login(exists, role, *names), *_grants(tables, *names, quote)):
        await connection.exec_driver_sql(statement)
    if await connection.scalar(_MAY_TOO_MUCH, {"role": role.name}):
        raise RoleRefused(
            f"the role {role.name} could still change the schema or the audit log: "
            "it is a superuser, owns the tables, or is a member of a role that does"
        )


def _login(exists: bool | None, role: OrdinaryRole, name: str, database: str, schema: str) -> Iterator[str]:
    yield f"{'ALTER' if exists else 'CREATE'} ROLE {name} LOGIN"
    if role.password:
        yield f"ALTER ROLE {name} PASSWORD '{scram_verifier(role.password, secrets.token_bytes(16))}'"
    # It finds the tables of this schema, and none of the same name that somebody put into another one.
    yield f"ALTER ROLE {name} IN DATABASE {database} SET search_path = {schema}"


def _grants(tables: list[str], name: str, database: str, schema: str, quote: Any) -> Iterator[str]:
    yield f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC"
    yield f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC"
    yield f"GRANT USAGE ON SCHEMA {schema} TO {name}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {name}"
    for table in tables:
        yield f"GRANT {_RIGHTS.get(table, _USUAL_RIGHTS)} ON {schema}.{quote(table)} TO {name}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {name}"


def scram_verifier(password: str, salt: bytes) -> str:
    """Return what PostgreSQL stores of a password (RFC 5803), so that it never gets the password itself.

    A server may log statements. Raises `RoleRefused` for a password that is not ASCII, which would have to be
    normalized first.
    """
    if not password.isascii():
        raise RoleRefused("the password in ZUFALL_DATABASE must be ASCII")
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    keys = ":".join(base64.b64encode(key).decode() for key in (stored, server))
    return f"SCRAM-SHA-256${_ITERATIONS}:{base64.b64encode(salt).decode()}${keys}"
