"""Plans who reports whom. Rounds differ only in names, so that they can be compared."""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

from services.contract.ids import GatewayId, MatchId, Pass, VisitorId, random_id
from services.contract.passes import PassContent, PassSealer

REPORTERS, ACCUSED, EACH = 24, 8, 4
"""The number of accused that each reporter reports, who therefore have twelve reports each."""

REASONS = ("nudity", "violence", "nudity", "harassment")

POLICY = """
version = "faults-1"
half_life_hours = 48
[weights]
minor = 4
nudity = 2
violence = 2
harassment = 1.5
hate = 1.5
self_harm = 1
spam = 1
other = 0.5
[reporter]
upheld = 2
dismissed = 2
free_a_day = 2
[independence]
same_network = 0.5
same_reporter = 0.25
least = 0.05
[doubt]
unproven = 0.5
device_hours = 24
flag = 0.25
[history]
device_hours = 168
upheld = 2
[flood]
minors_a_day = 10
others_a_day = 100
[[action]]
from_score = 1.4
level = "watched"
hours = 24
networks = 2
[[action]]
from_score = 2.8
level = "restricted"
hours = 24
networks = 3
[[action]]
from_score = 4.4
level = "banned"
hours = 24
networks = 5
"""
"""Under this policy everybody is banned before the last report, and busy reporters soon count less."""


@dataclass(frozen=True, slots=True)
class PlannedReport:
    """A report that a page is to file. `address` is where a proxy says that it comes from."""

    match: MatchId
    reporter: VisitorId
    accused: VisitorId
    sealed: Pass
    reason: str
    address: str
    pictures: int


@dataclass(frozen=True, slots=True)
class ReportRound:
    """One round. Only its names differ from those of other rounds."""

    accused: Sequence[VisitorId]
    reporters: Sequence[VisitorId]
    reports: Sequence[PlannedReport]


def new_round(passes: PassSealer, seed: object) -> ReportRound:
    """Plan a round in an order that the seed gives."""
    accused = [VisitorId(random_id()) for _ in range(ACCUSED)]
    reporters = [VisitorId(random_id()) for _ in range(REPORTERS)]
    wanted = [
        _wanted(passes, reporter, accused[(number + turn) % ACCUSED], number, turn)
        for number, reporter in enumerate(reporters)
        for turn in range(EACH)
    ]
    random.Random(f"{seed}").shuffle(wanted)
    return ReportRound(accused, reporters, wanted)


def _wanted(
    passes: PassSealer, reporter: VisitorId, accused: VisitorId, number: int, turn: int
) -> PlannedReport:
    match = MatchId(random_id())
    content = PassContent(
        match=match,
        holder=reporter,
        holder_gateway=GatewayId("gone"),
        partner=accused,
        partner_gateway=GatewayId("gone"),
        polite=True,
        partner_address_hash=b"",
        started=time.time() - 60,
    )
    return PlannedReport(
        match=match,
        reporter=reporter,
        accused=accused,
        sealed=passes.seal(content),
        reason=REASONS[number % len(REASONS)],
        address=f"10.0.{number // 2}.{number}",  # two reporters in each network
        pictures=1 + turn % 3,
    )
