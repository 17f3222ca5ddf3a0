"""What the doctor knows about the machine that it runs on, from the variables of the services there."""

from dataclasses import dataclass

from services.contract import addresses
from services.runtime import tls
from services.runtime.config import setting
from services.runtime.tls import TlsFolder


def _services(text: str) -> tuple[str, ...]:
    return tuple(addresses.check_host_port(part.strip()) for part in text.split(",") if part.strip())


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of `zufall doctor`. What is not set is not checked."""

    domain: str = setting("the site to check, unless --url names it", "")
    doctor_services: tuple[str, ...] = setting(
        "the admin ports of all services, separated by commas, such as gateway-1:7001,reports:7021",
        (),
        _services,
    )
    nats: tuple[str, ...] = setting("NATS servers, separated by commas", ())
    certificates: TlsFolder | None = setting(
        "the folder with tls.crt, tls.key and ca.crt for connections between services", None, tls.open_folder
    )
    database: str = setting("the URL of the database, with the role of the service", "", secret=True)
    smtp_host: str = setting("the mail server of alerts", "")
