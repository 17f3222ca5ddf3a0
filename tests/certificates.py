"""The certificates of an installation in tests, and others that its services must refuse."""

import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc

from services.local.certificates import make_certificates
from services.runtime.authority import IssuedCertificate, issue, new_authority
from services.runtime.tls import AUTHORITIES, CERTIFICATE, KEY, TlsFolder

DAY = timedelta(days=1)


class Certificates:
    """An authority and the certificates of all services, in a folder."""

    def __init__(self, folder: Path, gateways: Sequence[str] = ("gateway-1", "gateway-2")) -> None:
        self.folder = folder
        self.gateways = gateways
        make_certificates(folder, gateways, datetime.now(UTC), DAY)

    def of(self, service: str) -> TlsFolder:
        """Return the certificate of a service, as it reads it itself."""
        return TlsFolder(self.folder / service)

    def replace(self, service: str, *names: str) -> None:
        """Give a service a new certificate with these names."""
        write(self.folder / service, self.issue(*names))

    def issue(self, *names: str, lifetime: timedelta = DAY) -> IssuedCertificate:
        """Return a certificate of the installation's authority. A negative lifetime is over."""
        return issue(self._authority, names, datetime.now(UTC), lifetime)

    def folder_with(self, name: str, issued: IssuedCertificate) -> TlsFolder:
        """Return a folder with this certificate that trusts the installation's authority."""
        made = self.folder / name
        made.mkdir()
        (made / AUTHORITIES).write_bytes(self._authority.certificate)
        write(made, issued)
        return TlsFolder(made)

    def context(self, issued: IssuedCertificate | None) -> ssl.SSLContext:
        """Return how a client connects with any certificate, or with none, and trusts the installation."""
        context = ssl.create_default_context(cadata=self._authority.certificate.decode())
        if issued is not None:
            path = self.folder / "client.pem"
            path.write_bytes(issued.key + issued.certificate)
            context.load_cert_chain(path)
        return context

    def credentials(self, issued: IssuedCertificate | None) -> grpc.ChannelCredentials:
        """Return the same for gRPC."""
        own = (issued.key, issued.certificate) if issued else (None, None)
        return grpc.ssl_channel_credentials(self._authority.certificate, *own)

    @property
    def _authority(self) -> IssuedCertificate:
        return _read(self.folder / "authority")


def of_a_stranger(*names: str) -> IssuedCertificate:
    """Return a certificate of another authority."""
    now = datetime.now(UTC)
    return issue(new_authority("Stranger", now, DAY), names, now, DAY)


def write(folder: Path, issued: IssuedCertificate) -> None:
    (folder / CERTIFICATE).write_bytes(issued.certificate)
    (folder / KEY).write_bytes(issued.key)


def _read(folder: Path) -> IssuedCertificate:
    return IssuedCertificate((folder / CERTIFICATE).read_bytes(), (folder / KEY).read_bytes())
