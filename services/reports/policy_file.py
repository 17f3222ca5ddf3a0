"""Reads policies: the one that comes with Zufall, and an operator's own."""

from importlib import resources
from pathlib import Path

from .policy import Policy, PolicyRefused, parse_policy


def default_policy() -> Policy:
    """What `policy.toml` beside this file says."""
    return parse_policy(resources.files(__package__).joinpath("policy.toml").read_text("utf-8"))


def read_policy(path: str) -> Policy:
    """The policy in a file; raises `ValueError` with every problem."""
    try:
        return parse_policy(Path(path).read_text("utf-8"))
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path}: this is no text") from None
    except PolicyRefused as refused:
        lines = "\n".join(f"  {problem}" for problem in refused.problems)
        raise ValueError(f"{path} is no usable policy:\n{lines}") from None
