"""The content policy of the page."""

from services.signaling.shell.app import content_policy


def _sources(directive: str, *origins: str) -> set[str]:
    rules = dict(rule.strip().partition(" ")[::2] for rule in content_policy(origins).split(";"))
    return set(rules[directive].split())


def test_sockets_go_to_the_configured_origins_and_nowhere_else() -> None:
    assert _sources("connect-src", "https://zufall.example", "http://localhost:8080") == {
        "'self'",
        "wss://zufall.example",
        "ws://localhost:8080",
    }


def test_workers_and_the_manifest_are_our_own() -> None:
    assert _sources("worker-src") == _sources("manifest-src") == {"'self'"}
