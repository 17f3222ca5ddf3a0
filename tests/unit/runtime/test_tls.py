"""A folder with a certificate is checked when it is opened, and a bad replacement changes nothing."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import prometheus_client
import pytest

from services.contract import identities
from services.matcher.config import Config as Matcher
from services.runtime.config import ConfigError, load
from services.runtime.tls import AUTHORITIES, CERTIFICATE, EXPIRY, KEY, TlsFolder, open_folder

from ...certificates import Certificates, write

SPOILS: dict[str, Callable[[Path, Certificates], object]] = {
    "cannot be read": lambda folder, _: (folder / KEY).unlink(),
    "no usable certificate": lambda folder, _: (folder / CERTIFICATE).write_bytes(b"half"),
    "no usable certificate (": lambda folder, _: (folder / AUTHORITIES).write_bytes(b""),
    "not that of the certificate": lambda folder, made: (folder / KEY).write_bytes(made.issue("x").key),
    "expired on": lambda folder, made: write(folder, made.issue("x", lifetime=-timedelta(minutes=1))),
}


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return Certificates(tmp_path)


@pytest.mark.parametrize("problem", SPOILS)
def test_a_bad_folder_is_named(certificates: Certificates, problem: str) -> None:
    SPOILS[problem](certificates.folder / "matcher", certificates)
    with pytest.raises(ConfigError) as refused:
        load(Matcher, {"ZUFALL_CERTIFICATES": str(certificates.folder / "matcher")})
    assert problem in refused.value.problems[0]


@pytest.mark.parametrize("problem", SPOILS)
def test_a_bad_replacement_changes_nothing(certificates: Certificates, problem: str) -> None:
    folder = certificates.of("matcher")
    before, context = folder.latest(), folder.client_context()
    SPOILS[problem](certificates.folder / "matcher", certificates)
    assert folder.latest() == before
    assert folder.client_context() is context
    certificates.replace("matcher", identities.MATCHER)
    (certificates.folder / "matcher" / AUTHORITIES).write_bytes(before.authorities)
    assert folder.latest() != before
    assert folder.client_context() is not context


def test_the_end_of_the_certificate_is_a_metric(certificates: Certificates) -> None:
    folder = open_folder(str(certificates.folder / "matcher"))
    write(certificates.folder / "matcher", certificates.issue(identities.MATCHER, lifetime=timedelta(days=9)))
    shown = prometheus_client.REGISTRY.get_sample_value("zufall_certificate_expires_timestamp_seconds")
    assert shown == folder.latest().expires


def test_without_a_certificate_there_is_no_number() -> None:
    """A zero would be a certificate that expired in 1970."""
    before, EXPIRY.folder = EXPIRY.folder, None
    name = "zufall_certificate_expires_timestamp_seconds"
    assert prometheus_client.REGISTRY.get_sample_value(name) is None
    EXPIRY.folder = before


def test_production_wants_certificates_or_a_mesh(certificates: Certificates) -> None:
    production = {"ZUFALL_ENVIRONMENT": "production"}
    with pytest.raises(ConfigError, match="neither encrypted nor authenticated"):
        load(Matcher, production)
    assert load(Matcher, production | {"ZUFALL_MESH": "on"}).certificates is None
    folder = str(certificates.folder / "matcher")
    assert isinstance(load(Matcher, production | {"ZUFALL_CERTIFICATES": folder}).certificates, TlsFolder)
