"""Reads the policy that comes with Zufall."""

from importlib import resources

from .policy import Policy, parse_policy


def default_policy() -> Policy:
    """What `policy.toml` beside this file says."""
    return parse_policy(resources.files(__package__).joinpath("policy.toml").read_text("utf-8"))
