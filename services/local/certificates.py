"""The authority of an installation and the certificates of its services, in one folder.

`authority` holds the authority with its key, which no service needs. Each other folder is for one service.
"""

import os
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509

from services.contract import identities
from services.runtime.authority import IssuedCertificate, issue, new_authority
from services.runtime.tls import AUTHORITIES, CERTIFICATE, KEY

AUTHORITY_LIFETIME = timedelta(days=3650)

_RENEW = 1 / 3
"""The share of its time that a certificate has left when it is renewed."""


def make_certificates(
    folder: Path, gateways: Iterable[str], now: datetime, lifetime: timedelta, *, renew: bool = False
) -> list[str]:
    """Make what is missing in `folder`, and renew what ends soon, or everything. Return what was made.

    `gateways` are the words of gateways. Raises `OSError`, or `ValueError` if the authority is unusable.
    """
    names = {
        "nats": (identities.NATS, *identities.NATS_HOSTS),
        "matcher": (identities.MATCHER,),
        "reports": (identities.REPORTS,),
        **{word: identities.gateway_names(word) for word in gateways},
    }
    authority, made = _authority(folder / "authority", now)
    for service, wanted in names.items():
        if renew or not _is_good(folder / service, wanted, authority, now):
            _write(folder / service, issue(authority, wanted, now, lifetime), authority.certificate)
            made.append(service)
    return made


def _authority(folder: Path, now: datetime) -> tuple[IssuedCertificate, list[str]]:
    try:
        found = IssuedCertificate((folder / CERTIFICATE).read_bytes(), (folder / KEY).read_bytes())
    except FileNotFoundError:
        made = new_authority("Zufall", now, AUTHORITY_LIFETIME)
        _write(folder, made, made.certificate)
        return made, ["authority"]
    return found, []


def _is_good(folder: Path, names: Sequence[str], authority: IssuedCertificate, now: datetime) -> bool:
    """Tell whether the certificate has these names, this authority, and enough time left."""
    try:
        trusted, certificate = (folder / AUTHORITIES).read_bytes(), (folder / CERTIFICATE).read_bytes()
    except FileNotFoundError:
        return False
    try:
        found = x509.load_pem_x509_certificate(certificate)
        has = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, x509.ExtensionNotFound):
        return False
    left = found.not_valid_after_utc - now
    enough = (found.not_valid_after_utc - found.not_valid_before_utc) * _RENEW
    same_names = has.get_values_for_type(x509.DNSName) == list(names)
    return same_names and trusted == authority.certificate and left > enough


def _write(folder: Path, issued: IssuedCertificate, authority: bytes) -> None:
    """Write each file at once, so that nobody reads half of one."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, content in ((KEY, issued.key), (CERTIFICATE, issued.certificate), (AUTHORITIES, authority)):
        unfinished = folder / f".{name}"
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
        unfinished.replace(folder / name)
