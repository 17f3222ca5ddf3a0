"""The certificate of this process, with which it serves and connects. It may be replaced at any time."""

import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from .logs import logger

CERTIFICATE, KEY, AUTHORITIES = "tls.crt", "tls.key", "ca.crt"
"""The files of a folder, named as Kubernetes and cert-manager name them. All of them are PEM."""


class _ExpiryCollector(Collector):
    """Shows when the certificate of this process expires, if it has one."""

    def __init__(self) -> None:
        self.folder: TlsFolder | None = None

    def collect(self) -> Iterable[Metric]:
        family = GaugeMetricFamily(
            "zufall_certificate_expires_timestamp_seconds",
            "Shows when the certificate of this process expires, in Unix seconds. Without one, there is no "
            "number.",
        )
        if self.folder is not None:
            family.add_metric([], self.folder.latest().expires)
        yield family


EXPIRY = _ExpiryCollector()
REGISTRY.register(EXPIRY)


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """The content of a folder: a certificate, its key, and the authorities that others' must come from."""

    certificate: bytes
    key: bytes
    authorities: bytes
    expires: float
    """The end of the certificate in Unix seconds."""


class TlsFolder:
    """A folder with a certificate. It is read again for each new connection."""

    def __init__(self, path: Path) -> None:
        """Read the folder. Raises `ValueError`."""
        self._path = path
        self._latest = _read(path)
        self._context: tuple[TlsFiles, ssl.SSLContext] | None = None
        EXPIRY.folder = self

    def latest(self) -> TlsFiles:
        """Return what the folder holds, or held when it was last usable, as while it is being replaced."""
        try:
            self._latest = _read(self._path)
        except ValueError as error:
            logger().warning("the certificate is not usable, so the former one stays", problem=str(error))
        return self._latest

    def client_context(self) -> ssl.SSLContext:
        """Return a context for a connection to a server that demands our certificate (TLS 1.3)."""
        files = self.latest()
        if self._context is None or self._context[0] != files:
            try:
                self._context = files, self._new_context(files)
            except OSError as error:  # the files were replaced between the two times that they were read
                if self._context is None:
                    raise
                logger().warning("the certificate is not usable, so the former one stays", problem=str(error))
        return self._context[1]

    def _new_context(self, files: TlsFiles) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_verify_locations(cadata=files.authorities.decode())
        context.load_cert_chain(self._path / CERTIFICATE, self._path / KEY)
        return context


def open_folder(text: str) -> TlsFolder:
    """Parse a setting that names a folder. Raises `ValueError`."""
    return TlsFolder(Path(text))


def problems(environment: str, folder: TlsFolder | None, mesh: bool) -> list[str]:
    """Return a sentence if the connections between services would be open to others in production."""
    if environment != "production" or folder is not None or mesh:
        return []
    return [
        "ZUFALL_CERTIFICATES is not set, so connections between services are neither encrypted nor "
        "authenticated: `zufall certificates` makes some, or write ZUFALL_MESH=on if a service mesh does both"
    ]


def _read(path: Path) -> TlsFiles:
    """Return the files if they fit together and the certificate has not expired. Raises `ValueError`."""
    try:
        certificate, key, authorities = (
            (path / name).read_bytes() for name in (CERTIFICATE, KEY, AUTHORITIES)
        )
        found = x509.load_pem_x509_certificate(certificate)
        x509.load_pem_x509_certificates(authorities)
        belongs = load_pem_private_key(key, None).public_key() == found.public_key()
    except OSError as error:
        raise ValueError(f"{error.filename} cannot be read ({error.strerror})") from None
    except (ValueError, TypeError) as error:
        raise ValueError(f"{path} holds no usable certificate ({error})") from None
    if not belongs:
        raise ValueError(f"the key in {path} is not that of the certificate")
    if found.not_valid_after_utc <= datetime.now(UTC):
        raise ValueError(f"the certificate in {path} expired on {found.not_valid_after_utc:%Y-%m-%d}")
    return TlsFiles(certificate, key, authorities, found.not_valid_after_utc.timestamp())
