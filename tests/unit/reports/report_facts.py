"""Builds report facts: by default a first report of nudity by somebody new, with an old device key.

Each is alone in a network.
"""

from dataclasses import replace
from itertools import count

from services.contract.ids import ReportId, VisitorId
from services.contract.limits import MAX_DEVICE_HOURS
from services.reports.core.records import Reason
from services.reports.core.scoring import ReportFacts

NOW = 1_800_000_000_000
"""Unix milliseconds."""
HOUR = 3_600_000

_number = count()


def report_facts(
    reporter: str = "",
    network: bytes | None = None,
    reason: Reason = Reason.NUDITY,
    hours_ago: float = 0,
    upheld: int = 0,
    dismissed: int = 0,
    reported_lately: int = 1,
    proven: bool = True,
    device_hours: int = MAX_DEVICE_HOURS,
    flag: bool = False,
    alike_lately: int = 1,
) -> ReportFacts:
    number = next(_number)
    return ReportFacts(
        id=ReportId(f"report {number}"),
        reporter=VisitorId(reporter or f"reporter {number}"),
        network=f"network {number}".encode() if network is None else network,
        reason=reason,
        filed_at=NOW - round(hours_ago * HOUR),
        upheld=upheld,
        dismissed=dismissed,
        reported_lately=reported_lately,
        proven=proven,
        device_hours=device_hours if proven else 0,
        flag=flag,
        alike_lately=alike_lately,
    )


def again(one: ReportFacts, times: int, *, by_others: bool = False) -> list[ReportFacts]:
    """Return reports like `one`, of the same reporter or of others in the same network."""
    copies = []
    for _ in range(times):
        number = next(_number)
        reporter = VisitorId(f"reporter {number}") if by_others else one.reporter
        copies.append(replace(one, id=ReportId(f"report {number}"), reporter=reporter))
    return copies
