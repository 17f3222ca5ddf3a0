"""The options of `zufall simulate`. What is wrong with a value is said in one sentence, by argparse."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from services.contract.limits import MAX_INTERESTS
from services.matcher.core.stages import Stages

from . import option_values
from .crowd_model import PARTS, CrowdModel, InterestModel, NamedInterests, ZipfInterests
from .visitors import Behaviour

T = TypeVar("T")

_EACH = 3
_SHARE = 0.5
"""How many interests a wish names, and what share of visitors name any, where interests are a number."""

_EXAMPLE = """\
example: what does it cost those who speak Welsh that strict languages are on offer?
  zufall simulate --languages en=70%,de=20%,cy=2% --strict-language 20% --without strict
"""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the options to the parser of `zufall simulate`."""
    parser.description = (
        "Play a crowd through the real waiting room in virtual time: who waits, and how long?"
    )
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EXAMPLE
    parser.usage = "%(prog)s [OPTION]…"  # an error is read better without all of them above it
    _add_behaviour(parser)
    _add_wishes(parser)
    _add_matcher(parser)
    option = _options(parser, "what comes out")
    without = f"run the same crowd again without these parts of its wishes: {', '.join(PARTS)}"
    option("--without", _parts, None, "PARTS", without)
    option("--json", None, None, "", "print one JSON document on one line")
    option("--picture", Path, None, "FILE", "draw the waits to a .png or .svg file")


def _add_behaviour(parser: argparse.ArgumentParser) -> None:
    option = _options(parser, "the crowd")
    day = 86400
    option("--visitors", option_values.whole(1, 1_000_000), 200, "N", "present at once, on average")
    option(
        "--stay", option_values.number(0, 1440), "10", "MINUTES", "how long a visitor stays; 0: for one talk"
    )
    option(
        "--talk", option_values.number(0, day, above=True), "60", "SECONDS", "until one of two presses next"
    )
    option("--patience", option_values.number(0, day, above=True), "60", "SECONDS", "who waits longer leaves")
    option("--minutes", option_values.number(0, 10080, above=True), "120", "M", "virtual time that counts")
    option("--warm-up", option_values.number(0, 1440), "10", "M", "virtual time before it")
    option("--seed", option_values.whole(0, 2**32), 1, "N", "of the randomness: the same one repeats the run")


def _add_wishes(parser: argparse.ArgumentParser) -> None:
    option = _options(
        parser, "their wishes", "Shares are of all visitors, if not said otherwise; `none` empties a list."
    )
    option(
        "--languages",
        option_values.languages,
        "en=60%,es=15%,de=10%,cy=1%",
        "L=SHARE,…",
        "who names which; cy+en=1% names both",
    )
    option(
        "--strict-language", option_values.share, "5%", "SHARE", "of those who name a language insist on it"
    )
    option(
        "--interests",
        option_values.interests,
        "50",
        "N|I=SHARE,…",
        "how many there are, the n-th 1/n as popular as the first; or who names each",
    )
    option(
        "--interests-each",
        option_values.whole(1, MAX_INTERESTS),
        None,
        "N",
        f"interests in a wish that names any (default {_EACH})",
    )
    option(
        "--interests-share",
        option_values.share,
        None,
        "SHARE",
        f"of wishes name any interest (default {_SHARE:.0%})",
    )
    option("--countries", option_values.countries, "none", "C=SHARE,…", "where they are; the others: unknown")
    option("--avoid", option_values.avoided, "none", "C=SHARE,…", "how many avoid each country")
    option("--nearby", option_values.share, "0%", "SHARE", "would rather meet their own country")
    option("--restricted", option_values.share, "0%", "SHARE", "are restricted, and meet only each other")
    option(
        "--mode", option_values.modes, "video=100%", "M=SHARE,…", "of video, audio, text, which never meet"
    )


def _add_matcher(parser: argparse.ArgumentParser) -> None:
    option = _options(
        parser, "the matcher", "As ZUFALL_STAGE_AGES, ZUFALL_THIN_MARKET and ZUFALL_TINY_MARKET."
    )
    stages = Stages()
    few = option_values.whole(0, 1_000_000)
    option(
        "--stage-ages", option_values.ages, ",".join(f"{age:g}" for age in stages.ages), "A,B,C", "seconds"
    )
    option("--thin-market", few, stages.thin, "N", "visitors below which anyone will do at once")
    option("--tiny-market", few, stages.tiny, "N", "visitors below which a former partner will do at once")


def _options(parser: argparse.ArgumentParser, title: str, about: str | None = None) -> Callable[..., None]:
    group = parser.add_argument_group(title, about)

    def option(name: str, parse: Callable[[str], Any] | None, default: Any, metavar: str, help: str) -> None:
        shown = help if default is None else f"{help} (default {default})"
        shown = shown.replace("%", "%%")  # argparse fills its help in
        if parse is None:
            group.add_argument(name, action="store_true", help=shown)
        else:
            group.add_argument(name, type=_said(parse), default=default, metavar=metavar, help=shown)

    return option


def _said(parse: Callable[[str], T]) -> Callable[[str], T]:
    """The parser, whose own sentence argparse prints."""

    def parsed(text: str) -> T:
        try:
            return parse(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return parsed


def _parts(text: str) -> tuple[str, ...]:
    parts = tuple(dict.fromkeys(part.strip() for part in text.split(",")))
    for part in parts:
        if part not in PARTS:
            raise ValueError(f"{part!r} is no part of a wish: {', '.join(PARTS)}")
    return parts


def crowd(parsed: argparse.Namespace) -> CrowdModel:
    """Who comes; raises `ValueError` for options that do not go together."""
    for name in ("nearby", "avoid"):
        if getattr(parsed, name) and not parsed.countries:
            raise ValueError(f"--{name} needs --countries: here all countries are unknown")
    return CrowdModel(
        languages=parsed.languages,
        strict=parsed.strict_language,
        interests=_interests(parsed),
        countries=parsed.countries,
        avoid=parsed.avoid,
        nearby=parsed.nearby,
        restricted=parsed.restricted,
        modes=parsed.mode,
    )


def _interests(parsed: argparse.Namespace) -> InterestModel:
    each, share = parsed.interests_each, parsed.interests_share
    if isinstance(parsed.interests, Mapping):
        if each is not None or share is not None:
            raise ValueError("--interests-each and --interests-share go with a number of --interests")
        return NamedInterests(parsed.interests)
    parsed.interests_each = _EACH if each is None else each
    parsed.interests_share = _SHARE if share is None else share
    return ZipfInterests(parsed.interests, parsed.interests_each, parsed.interests_share)


def behaviour(parsed: argparse.Namespace) -> Behaviour:
    """What they do, in seconds."""
    return Behaviour(
        visitors=parsed.visitors,
        stay=parsed.stay * 60,
        talk=parsed.talk,
        patience=parsed.patience,
        warm_up=parsed.warm_up * 60,
        duration=parsed.minutes * 60,
    )


def stages(parsed: argparse.Namespace) -> Stages:
    """When they widen; raises `ValueError` where a tiny market would be the larger one."""
    if parsed.tiny_market > parsed.thin_market:
        raise ValueError("--tiny-market is more than --thin-market")
    return Stages(parsed.stage_ages, parsed.thin_market, parsed.tiny_market)


def settings(parsed: argparse.Namespace) -> dict[str, Any]:
    """All that was chosen, by the names of the options, as they were understood; shares from 0 to 1."""
    left_out = ("command", "json", "picture", "without")
    return {name: _plain(value) for name, value in vars(parsed).items() if name not in left_out}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {"+".join(name) if isinstance(name, tuple) else name: of for name, of in value.items()}
    return value
