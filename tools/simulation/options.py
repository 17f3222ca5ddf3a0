"""The options of `zufall simulate`. A value that makes no sense is refused with one sentence."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click

from services.contract.limits import MAX_INTERESTS
from services.matcher.core.crowded_networks import DEFAULT_LIMITS, CrowdLimits
from services.matcher.core.stages import Stages

from . import option_values
from .crowd_model import PARTS, Company, CrowdModel, InterestModel, NamedInterests, ZipfInterests
from .visitors import Behaviour

_EACH = 3
_SHARE = 0.5
"""The number of interests in a wish, and the share of wishes that name any, where interests are a number."""

EXAMPLE = """\b
Example: what does it cost those who speak Welsh that strict languages are on offer?
  zufall simulate --languages en=70%,de=20%,cy=2% --strict-language 20% --without strict
"""


@dataclass(frozen=True, slots=True)
class OptionGroup:
    """Options that stand under one heading of the help. `note` explains all of them."""

    title: str
    note: str
    options: Sequence[click.Option]


class GroupedCommand(click.Command):
    """A command whose help shows its options in groups."""

    def __init__(self, groups: Sequence[OptionGroup], **settings: Any) -> None:
        super().__init__(params=[option for group in groups for option in group.options], **settings)
        self._groups = groups

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for group in self._groups:
            with formatter.section(group.title):
                if group.note:
                    formatter.write_text(group.note)
                formatter.write_dl([row for option in group.options if (row := option.get_help_record(ctx))])


class Parsed(click.ParamType[Any]):
    """A value that `parse` reads from text. Its `ValueError` becomes a usage error."""

    name = "value"

    def __init__(self, parse: Callable[[str], Any]) -> None:
        self._parse = parse

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return self._parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


def _option(name: str, parse: Callable[[str], Any], default: Any, metavar: str, help: str) -> click.Option:
    text = None if default is None else str(default)
    return click.Option(
        [name], type=Parsed(parse), default=text, show_default=True, metavar=metavar, help=help
    )


def groups() -> Sequence[OptionGroup]:
    """Return the options of `zufall simulate` under their headings."""
    return (_behaviour_options(), _company_options(), _wish_options(), _matcher_options(), _output_options())


def _behaviour_options() -> OptionGroup:
    seconds = option_values.number(0, 86400, above=True)
    options = (
        _option("--visitors", option_values.whole(1, 1_000_000), 200, "N", "Visitors present on average."),
        _option(
            "--stay",
            option_values.number(0, 1440),
            "10",
            "MINUTES",
            "How long a visitor stays. 0: one talk.",
        ),
        _option(
            "--talk",
            seconds,
            "60",
            "SECONDS",
            "How long a talk lasts until one side presses Next.",
        ),
        _option(
            "--patience",
            seconds,
            "60",
            "SECONDS",
            "A visitor who waits longer leaves.",
        ),
        _option(
            "--minutes", option_values.number(0, 10080, above=True), "120", "M", "Virtual time that counts."
        ),
        _option("--warm-up", option_values.number(0, 1440), "10", "M", "Virtual time before it."),
        _option("--seed", option_values.whole(0, 2**32), 1, "N", "The same seed repeats the run."),
    )
    return OptionGroup("The crowd", "", options)


def _company_options() -> OptionGroup:
    options = (
        _option("--bots", option_values.share, "0%", "SHARE", "Bots, ten times as fast as people."),
        _option("--bot-networks", option_values.whole(1, 1000), 3, "N", "In how many networks the bots are."),
        _option("--carrier", option_values.share, "0%", "SHARE", "How many people share one network."),
    )
    return OptionGroup("Their networks", "Everybody else has a network of their own.", options)


def _wish_options() -> OptionGroup:
    options = (
        _option(
            "--languages", option_values.languages, "en=60%,es=15%,de=10%,cy=1%", "L=SHARE,…",
            "How many name each language. cy+en=1% names both.",
        ),
        _option(
            "--strict-language", option_values.share, "5%", "SHARE",
            "How many of those who name a language insist on it.",
        ),
        _option(
            "--interests", option_values.interests, "50", "N|I=SHARE,…",
            "How many interests there are (the n-th is 1/n as popular as the first), or how many name each.",
        ),
        _option(
            "--interests-each", option_values.whole(1, MAX_INTERESTS), None, "N",
            f"Interests in a wish that names any.  [default: {_EACH}]",
        ),
        _option(
            "--interests-share", option_values.share, None, "SHARE",
            f"How many wishes name an interest.  [default: {_SHARE:.0%}]",
        ),
        _option("--countries", option_values.countries, "none", "C=SHARE,…", "Known countries of visitors."),
        _option("--avoid", option_values.avoided, "none", "C=SHARE,…", "How many avoid each country."),
        _option("--nearby", option_values.share, "0%", "SHARE", "How many prefer their own country."),
        _option("--regions", option_values.regions, "none", "R=SHARE,…", "In which region visitors are."),
        _option("--restricted", option_values.share, "0%", "SHARE", "How many are restricted."),
        _option(
            "--mode", option_values.modes, "video=100%", "M=SHARE,…",
            "Shares of video, audio and text, which never meet.",
        ),
    )  # fmt: skip
    return OptionGroup(
        "Their wishes",
        "Shares are of all visitors unless it says otherwise. `none` empties a list.",
        options,
    )


def _matcher_options() -> OptionGroup:
    stages = Stages()
    few = option_values.whole(0, 1_000_000)
    ages = ",".join(f"{age:g}" for age in stages.ages)
    options = (
        _option("--stage-ages", option_values.ages, ages, "A,B,C", "Seconds until each stage."),
        _option("--thin-market", few, stages.thin, "N", "Below this many visitors, anyone will do at once."),
        _option("--tiny-market", few, stages.tiny, "N", "Below this many, a former partner will do at once."),
        _option(
            "--crowd-tickets",
            few,
            DEFAULT_LIMITS.tickets,
            "N",
            "Above this many tickets a minute, a network whose visitors hurry is crowded. 0: none is.",
        ),
    )
    note = "These stand for ZUFALL_STAGE_AGES, ZUFALL_THIN_MARKET, ZUFALL_TINY_MARKET, ZUFALL_CROWD_TICKETS."
    return OptionGroup("The matcher", note, options)


def _output_options() -> OptionGroup:
    help = f"Run the crowd again without these parts of its wishes: {', '.join(PARTS)}."
    options = (
        _option("--without", _parts, None, "PARTS", help),
        click.Option(["--json"], is_flag=True, help="Print one JSON document on one line."),
        _option("--picture", Path, None, "FILE", "Draw the waits to a .png or .svg file."),
    )
    return OptionGroup("What comes out", "", options)


def _parts(text: str) -> tuple[str, ...]:
    parts = tuple(dict.fromkeys(part.strip() for part in text.split(",")))
    for part in parts:
        if part not in PARTS:
            raise ValueError(f"{part!r} is no part of a wish: {', '.join(PARTS)}")
    return parts


def crowd(parsed: SimpleNamespace) -> CrowdModel:
    """Return the model of the crowd. Raises `ValueError` for options that do not go together."""
    for name in ("nearby", "avoid"):
        if getattr(parsed, name) and not parsed.countries:
            raise ValueError(f"--{name} needs --countries: here all countries are unknown")
    if parsed.bots + parsed.carrier > 1:
        raise ValueError("--bots and --carrier are together more than everybody")
    return CrowdModel(
        languages=parsed.languages,
        strict=parsed.strict_language,
        interests=_interests(parsed),
        countries=parsed.countries,
        avoid=parsed.avoid,
        nearby=parsed.nearby,
        regions=parsed.regions,
        restricted=parsed.restricted,
        modes=parsed.mode,
        company=Company(parsed.bots, parsed.bot_networks, carrier=parsed.carrier),
    )


def _interests(parsed: SimpleNamespace) -> InterestModel:
    each, share = parsed.interests_each, parsed.interests_share
    if isinstance(parsed.interests, Mapping):
        if each is not None or share is not None:
            raise ValueError("--interests-each and --interests-share go with a number of --interests")
        return NamedInterests(parsed.interests)
    parsed.interests_each = _EACH if each is None else each
    parsed.interests_share = _SHARE if share is None else share
    return ZipfInterests(parsed.interests, parsed.interests_each, parsed.interests_share)


def behaviour(parsed: SimpleNamespace) -> Behaviour:
    """Return the behaviour of the visitors, in seconds."""
    return Behaviour(
        visitors=parsed.visitors,
        stay=parsed.stay * 60,
        talk=parsed.talk,
        patience=parsed.patience,
        warm_up=parsed.warm_up * 60,
        duration=parsed.minutes * 60,
    )


def stages(parsed: SimpleNamespace) -> Stages:
    """Return when tickets widen. Raises `ValueError` if the tiny market is larger than the thin one."""
    if parsed.tiny_market > parsed.thin_market:
        raise ValueError("--tiny-market is more than --thin-market")
    return Stages(parsed.stage_ages, parsed.thin_market, parsed.tiny_market)


def limits(parsed: SimpleNamespace) -> CrowdLimits:
    return CrowdLimits(parsed.crowd_tickets)


def settings(parsed: SimpleNamespace) -> dict[str, Any]:
    """Return all settings as they were understood, by the names of the options. Shares are from 0 to 1."""
    left_out = ("json", "picture", "without")
    return {name: _plain(value) for name, value in vars(parsed).items() if name not in left_out}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {"+".join(name) if isinstance(name, tuple) else name: of for name, of in value.items()}
    return value
