"""The populations in the results: everybody, and visitors whose wish or attributes may cost them time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from services.matcher.core.tickets import Audience

from .crowd_model import CARRIER, CrowdModel, Profile, VisitorKind


@dataclass(frozen=True, slots=True)
class Population:
    """A group of visitors. Programs find it by its `name`, which is stable."""

    name: str
    includes: Callable[[Profile], bool]


def populations(crowd: CrowdModel) -> list[Population]:
    """Return the populations of this crowd, everybody first."""
    return [
        Population("everybody", lambda _: True),
        *_languages(crowd),
        *_interests(crowd),
        *_places(crowd),
        *_pools(crowd),
        *_company(crowd),
    ]


def _languages(crowd: CrowdModel) -> Iterator[Population]:
    for tag in dict.fromkeys(tag for named in crowd.languages for tag in named):
        yield Population(f"speaks {tag}", lambda profile, tag=tag: tag in profile.languages)  # type: ignore[misc]
        if crowd.strict:
            yield Population(
                f"speaks {tag}, strict",
                lambda profile, tag=tag: profile.strict and tag in profile.languages,  # type: ignore[misc]
            )
    if crowd.languages and sum(crowd.languages.values()) < 1 - 1e-9:
        yield Population("names no language", lambda profile: not profile.languages)
    if crowd.languages and crowd.strict:
        yield Population("strict language", lambda profile: profile.strict)


def _interests(crowd: CrowdModel) -> Iterator[Population]:
    if crowd.interests.none:
        return
    yield Population("with interests", lambda profile: bool(profile.interests))
    yield Population("without interests", lambda profile: not profile.interests)
    for tag in crowd.interests.named:
        yield Population(f"likes {tag}", lambda profile, tag=tag: tag in profile.interests)  # type: ignore[misc]


def _places(crowd: CrowdModel) -> Iterator[Population]:
    for code in crowd.countries:
        yield Population(f"from {code}", lambda profile, code=code: profile.country == code)  # type: ignore[misc]
    for code in crowd.avoid:
        yield Population(f"avoids {code}", lambda profile, code=code: code in profile.avoids)  # type: ignore[misc]
    if crowd.nearby:
        yield Population("nearby", lambda profile: profile.nearby)
    for region in crowd.regions:
        yield Population(f"in {region}", lambda profile, region=region: profile.region == region)  # type: ignore[misc]


def _pools(crowd: CrowdModel) -> Iterator[Population]:
    if len(crowd.modes) > 1:
        for mode in crowd.modes:
            yield Population(mode, lambda profile, mode=mode: profile.pool.mode.name.lower() == mode)  # type: ignore[misc]
    if crowd.restricted:
        yield Population("restricted", lambda profile: profile.pool.audience is Audience.RESTRICTED)


def _company(crowd: CrowdModel) -> Iterator[Population]:
    company = crowd.company
    if company.bots:
        yield Population("people", lambda profile: profile.kind is not VisitorKind.BOT)
        yield Population("bots", lambda profile: profile.kind is VisitorKind.BOT)
    if company.carrier:
        yield Population("carrier", lambda profile: profile.network == CARRIER)
    if company.quick:
        yield Population("quick", lambda profile: profile.kind is VisitorKind.QUICK)
    if company.watched:
        yield Population("watched", lambda profile: profile.kind is VisitorKind.WATCHED)
