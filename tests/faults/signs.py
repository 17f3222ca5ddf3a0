"""Says which metric each fault moves and which alert then names it, and plans storms that show it."""

from dataclasses import dataclass

from .schedule import CENTRAL, Fault, Kind


@dataclass(frozen=True, slots=True)
class FaultSign:
    """What an operator sees of a fault that lasts: a metric that moves, and the alert that it fires."""

    metric: str
    alert: str


SIGNS: dict[str, FaultSign] = {
    "kill gateway": FaultSign("up", "GatewayDown"),
    "pause gateway": FaultSign("up", "GatewayDown"),
    "terminate gateway": FaultSign("up", "GatewayDown"),
    "kill matcher": FaultSign("up", "MatcherAway"),
    "pause matcher": FaultSign("up", "MatcherAway"),
    "terminate matcher": FaultSign("up", "MatcherAway"),
    "kill reports": FaultSign("up", "ReportsAway"),
    "kill nats": FaultSign("zufall_nats_connected", "NatsAway"),
    "pause nats": FaultSign("zufall_nats_connected", "NatsAway"),
    "cut gateway~nats": FaultSign("zufall_nats_connected", "NatsAway"),
    "swallow gateway~nats": FaultSign("zufall_nats_connected", "NatsAway"),
    "delay gateway~nats": FaultSign("zufall_nats_round_trip_seconds", "NatsSlow"),
    "cut gateway~matcher": FaultSign("zufall_gateway_matchers", "GatewaysDisagreeOnMatchers"),
    "swallow gateway~matcher": FaultSign("zufall_gateway_matchers", "GatewaysDisagreeOnMatchers"),
    "delay gateway~matcher": FaultSign("zufall_gateway_match_seconds", "MatchesSlow"),
    "cut reports~database": FaultSign("zufall_database_up", "DatabaseAway"),
    "swallow reports~database": FaultSign("zufall_database_up", "DatabaseAway"),
    "jump gateway": FaultSign("zufall_wall_clock_seconds", "ClockWrong"),
}
"""By the name of the fault, as `make faults` prints it."""


@dataclass(frozen=True, slots=True)
class SignedFault:
    """A fault of a storm. `instance` is the process that the alert must name, or empty if it names none."""

    fault: Fault
    instance: str

    @property
    def alert(self) -> str:
        return SIGNS[self.fault.name].alert


def _storm(*faults: tuple[Kind, str, str, str]) -> list[SignedFault]:
    return [
        SignedFault(Fault(number, 0.0, kind, target, 0.0, detail, seed=5), instance)
        for number, (kind, target, detail, instance) in enumerate(faults)
    ]


SHORT_STORMS: list[list[SignedFault]] = [
    _storm(
        ("kill", "gateway-1", "", "gateway-1"),
        ("pause", "gateway-2", "", "gateway-2"),
        ("cut", "gateway-3~nats", "", "gateway-3"),
        ("swallow", "gateway-4~matcher-1", "both ways", "gateway-4"),
        ("kill", "matcher-2", "", "matcher-2"),
        ("cut", "reports~database", "", "reports"),
    ),
]
"""Faults that strike different processes at the same time, so that each alert can be told from the others."""

LONG_STORMS: list[list[SignedFault]] = [
    _storm(
        ("terminate", "gateway-1", "", "gateway-1"),
        ("cut", "gateway-2~matcher-1", "", "gateway-2"),
        ("swallow", "gateway-3~nats", "both ways", "gateway-3"),
        ("jump", "gateway-4", "+1 h", "gateway-4"),
        ("pause", "matcher-2", "", "matcher-2"),
        ("swallow", "reports~database", "both ways", "reports"),
    ),
    _storm(
        ("delay", "gateway-1~nats", "up to 500 ms", "gateway-1"),
        ("kill", "reports", "", "reports"),
        ("terminate", "matcher-2", "", "matcher-2"),
    ),
    _storm(
        ("delay", "gateway-2~matcher-1", "up to 500 ms", ""),
        ("delay", "gateway-2~matcher-2", "up to 500 ms", ""),
    ),
    _storm(("kill", CENTRAL, "", "gateway-1")),
    _storm(("pause", CENTRAL, "", "gateway-1")),
]
