"""The visitors of `python -m bench --workloads drops` talk through real gateways, and lose nothing."""

import random

from bench.drops.plan import plan_drops
from bench.drops.zufall_talkers import talk

from .cluster import Cluster


async def test_no_line_is_lost_when_connections_are_cut(cluster: Cluster) -> None:
    plan = plan_drops(8, 1.5, interval=0.1, cut_every=0.6, randomness=random.Random(1))
    outcome = await talk(plan, cluster.urls, server_cpu=lambda: 0.0)
    assert outcome.wrongs() == []
    assert len(outcome.said) == outcome.once == 8 * 15
    assert outcome.cuts >= 8
