"""Lets the visitors of each product carry out the same plans, one product after the other."""

from collections.abc import Sequence

from bench.drops import socket_io_talkers, zufall_talkers
from bench.drops.outcome import DropOutcome, DropOutcomes
from bench.drops.plan import DropPlan
from bench.products import Product
from bench.progress import RoundProgress


async def measure_drops(
    products: Sequence[Product], plans: Sequence[DropPlan], progress: RoundProgress
) -> DropOutcomes:
    """Return what happened under each plan; raises `RuntimeError` when a server has ended."""
    outcomes: DropOutcomes = {}
    for plan in plans:
        outcomes[plan.name] = {}
        progress.begin(plan.name)
        for product in products:
            progress.tell(product.name)
            outcomes[plan.name][product.name] = await _talk(plan, product)
            product.servers.check_alive()
    return outcomes


async def _talk(plan: DropPlan, product: Product) -> DropOutcome:
    talk = zufall_talkers.talk if product.name == "zufall" else socket_io_talkers.talk
    return await talk(plan, product.origins, lambda: sum(product.servers.cpu_seconds().values()))
