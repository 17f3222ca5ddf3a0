"""Reads policies: the one that comes with Zufall, and an operator's own."""

from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from ..core.policy import InvalidPolicy, Policy, parse_policy


@dataclass(frozen=True, slots=True)
class PolicySource:
    """A policy, and the text that it was read from."""

    policy: Policy
    text: str


def default_policy() -> Policy:
    """What `policy.toml` beside this file says."""
    return default_source().policy


def default_source() -> PolicySource:
    """`policy.toml` beside this file."""
    text = resources.files(__package__).joinpath("policy.toml").read_text("utf-8")
    return PolicySource(parse_policy(text), text)


def read_policy(path: str) -> Policy:
    """The policy in a file; raises `ValueError` with every problem."""
    return read_source(path).policy


def read_source(path: str) -> PolicySource:
    """As `read_policy`, with its text."""
    try:
        text = Path(path).read_text("utf-8")
        return PolicySource(parse_policy(text), text)
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path}: this is no text") from None
    except InvalidPolicy as refused:
        lines = "\n".join(f"  {problem}" for problem in refused.problems)
        raise ValueError(f"{path} is no usable policy:\n{lines}") from None
