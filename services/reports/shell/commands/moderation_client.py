"""Connects the moderators' commands to the reports service."""

import json
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from grpc import StatusCode, aio

from protos import reports_pb2_grpc as rpc
from services.contract import identities
from services.contract.addresses import check_host_port
from services.runtime import config, tls
from services.runtime.rpc import error_code, open_channel
from services.runtime.tls import TlsFolder


class CommandError(Exception):
    """Says in one sentence what is wrong and what to do about it."""


@dataclass(frozen=True, slots=True)
class ServiceAccess:
    """The address of the reports service, and the moderator token."""

    address: str
    token: str
    certificate: TlsFolder | None = None


class ModerationClient:
    """The stubs of one command, and the metadata of its calls."""

    def __init__(self, channel: aio.Channel, token: str) -> None:
        self.reports = rpc.ReportsStub(channel)
        self.moderation = rpc.ModerationStub(channel)
        self.metadata = (("authorization", f"Bearer {token}"),)


def given(name: str, environ: Mapping[str, str] = os.environ) -> str:
    """Return the setting `name` of the environment, empty if it is not set. Raises `CommandError`."""
    try:
        return config.read(name, environ)
    except ValueError as error:
        raise CommandError(str(error)) from None


def locate_service(data: Path, environ: Mapping[str, str] = os.environ) -> ServiceAccess:
    """Read ZUFALL_REPORTS and ZUFALL_MODERATOR_TOKEN, or else what `zufall run` left in `data`.

    Raises `CommandError`.
    """
    address = given("ZUFALL_REPORTS", environ) or running_address(data, "reports")
    token = given("ZUFALL_MODERATOR_TOKEN", environ) or read_secrets(data).get("ZUFALL_MODERATOR_TOKEN")
    if not token:
        raise CommandError(
            "no moderator token: set ZUFALL_MODERATOR_TOKEN, or --data to the folder of `zufall run`"
        )
    try:
        check_host_port(address)
    except ValueError as error:
        raise CommandError(f"ZUFALL_REPORTS: {error}") from None
    return ServiceAccess(address, token, _certificate(data, environ))


def _certificate(data: Path, environ: Mapping[str, str]) -> TlsFolder | None:
    """Return the certificate of ZUFALL_CERTIFICATES, or that of the `zufall run` whose service is called."""
    folder, local = given("ZUFALL_CERTIFICATES", environ), data / "certificates" / "reports"
    if not folder and not given("ZUFALL_REPORTS", environ) and local.exists():
        folder = str(local)
    try:
        return tls.open_folder(folder) if folder else None
    except ValueError as error:
        raise CommandError(f"no certificate to connect with: {error}") from None


@asynccontextmanager
async def connected(access: ServiceAccess) -> AsyncIterator[ModerationClient]:
    """Yield a client; its failures become `CommandError`."""
    try:
        async with open_channel(access.address, identities.REPORTS, access.certificate) as channel:
            yield ModerationClient(channel, access.token)
    except aio.AioRpcError as error:
        raise CommandError(_sentence(error, access)) from None


def _sentence(error: aio.AioRpcError, access: ServiceAccess) -> str:
    code = error_code(error)
    if code == "permission_refused":
        return "the reports service refuses this moderator token: its own ZUFALL_MODERATOR_TOKEN is different"
    if code is None and error.code() in (StatusCode.UNAVAILABLE, StatusCode.DEADLINE_EXCEEDED):
        return f"no reports service answers at {access.address}; is it running? (`zufall run` starts one)"
    return error.details() or error.code().name


def running_address(data: Path, what: str) -> str:
    """Return the address of a part of the running `zufall run`; raises `CommandError`."""
    path = data / "run.json"
    try:
        return str(json.loads(path.read_bytes())[what])
    except FileNotFoundError:
        raise CommandError(
            f"no {path}: is `zufall run` running? Set --data to its folder, or ZUFALL_REPORTS to host:port"
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CommandError(f"{path} cannot be used: {error}") from None


def read_secrets(data: Path) -> dict[str, str]:
    """Return the secrets that `zufall run` keeps in `data`, none where it keeps none."""
    path = data / "secrets.env"
    try:
        lines = path.read_text().splitlines()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error}") from None
    pairs = (line.partition("=") for line in lines if not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in pairs}
