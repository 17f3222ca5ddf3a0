"""Reads policies from files: the one that comes with Zufall, or an operator's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from math import inf

from services.runtime import config

from ..core.policy import Policy, parse_policy
from .toml_file import UnusableFile, read_toml

NO_HISTORY = "history or flood is missing, which only an old policy may lack, and only in a replay"
_REFUSAL = "is not a usable policy"


@dataclass(frozen=True, slots=True)
class PolicySource:
    """A policy, and the text that it was parsed from."""

    policy: Policy
    text: str


def default_policy() -> Policy:
    """Read the policy in `policy.toml` beside this file."""
    return default_source().policy


def default_source() -> PolicySource:
    """Read `policy.toml` beside this file, with its text."""
    return _source(resources.files(__package__).joinpath("policy.toml").read_text("utf-8"))


def read_source(path: str) -> PolicySource:
    """Read a policy to triage by, with its text; raises `UnusableFile` with every mistake.

    A policy from before `[history]` and `[flood]` is refused: by it, strangers without any history could ban
    somebody, or fill the queue.
    """
    source = _read(path)
    if source.policy.history is None or source.policy.minors_a_day == inf:
        raise UnusableFile(path, _REFUSAL, [NO_HISTORY])
    return source


def source_in_force(environ: Mapping[str, str]) -> PolicySource:
    """Read the policy that ZUFALL_POLICY names, or else the one of Zufall; raises `UnusableFile`."""
    path = config.read("ZUFALL_POLICY", environ)
    return read_source(path) if path else default_source()


def read_policy(path: str) -> Policy:
    """Read a policy to replay, which may be an old one; raises `UnusableFile` with every mistake."""
    return _read(path).policy


def _read(path: str) -> PolicySource:
    return read_toml(path, _source, _REFUSAL)


def _source(text: str) -> PolicySource:
    return PolicySource(parse_policy(text), text)
