"""`zufall certificates` makes what is missing, renews what ends soon, and leaves the rest."""

import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from services.cli import main
from services.local.certificates import make_certificates

NOW = datetime(2026, 5, 17, tzinfo=UTC)
LIFE = timedelta(days=90)
ALL = ["authority", "nats", "matcher", "reports", "gateway"]


def make(folder: Path, after: timedelta = timedelta(0), *words: str, renew: bool = False) -> list[str]:
    return make_certificates(folder, words or ("gateway",), NOW + after, LIFE, renew=renew)


def found(folder: Path, service: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / service / "tls.crt").read_bytes())


def names(folder: Path, service: str) -> list[str]:
    extension = found(folder, service).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    return extension.value.get_values_for_type(x509.DNSName)


def test_each_service_gets_its_names_and_nobody_else_reads_them(tmp_path: Path) -> None:
    assert make(tmp_path, timedelta(0), "gateway-1", "gateway") == [*ALL[:4], "gateway-1", "gateway"]
    assert names(tmp_path, "matcher") == ["matcher.zufall.internal"]
    assert names(tmp_path, "gateway") == ["gateway.zufall.internal"]
    assert names(tmp_path, "gateway-1") == ["gateway-1.zufall.internal", "gateway.zufall.internal"]
    for service in ALL:
        found(tmp_path, service).verify_directly_issued_by(found(tmp_path, "authority"))
        assert stat.S_IMODE((tmp_path / service).stat().st_mode) == 0o700
        assert {stat.S_IMODE(one.stat().st_mode) for one in (tmp_path / service).iterdir()} == {0o600}


def test_only_the_last_third_of_a_life_is_renewed(tmp_path: Path) -> None:
    make(tmp_path)
    assert make(tmp_path) == []
    assert make(tmp_path, LIFE / 2) == []
    assert make(tmp_path, LIFE * 0.7) == ALL[1:], "the authority lives longer"
    assert found(tmp_path, "nats").not_valid_after_utc == NOW + LIFE * 1.7
    assert make(tmp_path, LIFE * 0.7, renew=True) == ALL[1:]


def spoil(service: str, name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / service / name).write_bytes(b"")


def lose(service: str, name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / service / name).unlink()


@pytest.mark.parametrize("damage", [spoil("reports", "tls.crt"), lose("reports", "ca.crt")])
def test_what_is_damaged_is_made_again(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    make(tmp_path)
    damage(tmp_path)
    assert make(tmp_path) == ["reports"]


def test_a_certificate_of_another_authority_or_with_other_names_is_made_again(tmp_path: Path) -> None:
    make(tmp_path / "old")
    make(tmp_path / "new")
    for part in ("tls.crt", "tls.key", "ca.crt"):
        for service in ("matcher", "reports"):
            other = "matcher" if service == "reports" else "gateway"
            (tmp_path / "new" / service / part).write_bytes((tmp_path / "old" / other / part).read_bytes())
    assert make(tmp_path / "new") == ["matcher", "reports"]


def test_the_command_says_what_it_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "certificates"
    assert main(["certificates", str(folder)]) == 0
    assert capsys.readouterr().out == f"made in {folder}: {', '.join(ALL)}\n"
    assert main(["certificates", str(folder)]) == 0
    assert "nothing" in capsys.readouterr().out
    (folder / "authority" / "tls.key").write_bytes(b"lost")
    assert main(["certificates", str(folder), "--renew"]) == 1
    assert "cannot be made" in capsys.readouterr().err
