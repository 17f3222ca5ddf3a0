"""The matcher's configuration."""

from dataclasses import dataclass

from services.contract.addresses import check_host_port
from services.runtime import tls
from services.runtime.config import ConfigError, count, number, one_of, positive, setting
from services.runtime.tls import TlsFolder


def _ages(text: str) -> tuple[float, float, float]:
    parts = [number(part) for part in text.split(",")]
    if len(parts) != 3 or not 0 < parts[0] <= parts[1] <= parts[2]:
        raise ValueError(f"{text!r} is not three rising numbers of seconds")
    return parts[0], parts[1], parts[2]


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of the matcher, each from the variable ZUFALL_<FIELD NAME>."""

    listen: str = setting("the address for gateways", "127.0.0.1:7010", check_host_port)
    admin_listen: str = setting("the address of the probes and metrics", "127.0.0.1:7011", check_host_port)
    stage_ages: tuple[float, float, float] = setting(
        "seconds of waiting after which a search accepts any interest, any language, and a former partner",
        (2.0, 5.0, 15.0),
        _ages,
    )
    thin_market: int = setting(
        "with fewer visitors than this in a pool, a search accepts anyone at once", 16, count
    )
    tiny_market: int = setting(
        "with fewer visitors than this in a pool, a search accepts a former partner at once", 4, count
    )
    crowd_tickets: int = setting(
        "new tickets a minute above which a network is crowded if its visitors hurry (0: none is)", 150, count
    )
    lane_rate: float = setting(
        "new tickets a second in one lane; with more, the pool gets another lane", 20_000.0, positive
    )
    tick: float = setting("seconds between batches under load", 0.02, positive)
    certificates: TlsFolder | None = setting(
        "the folder with tls.crt, tls.key and ca.crt for connections between services", None, tls.open_folder
    )
    mesh: bool = setting("whether a service mesh encrypts and authenticates these connections instead", False)
    environment: str = setting(
        "development or production", "development", one_of("development", "production")
    )

    def __post_init__(self) -> None:
        problems = tls.problems(self.environment, self.certificates, self.mesh)
        if self.tiny_market > self.thin_market:
            problems.append("ZUFALL_TINY_MARKET is more than ZUFALL_THIN_MARKET")
        if problems:
            raise ConfigError(problems)
