"""Host and port as people write them."""

import pytest

from services.contract.addresses import check_host_port, split_host_port


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("127.0.0.1:8080", ("127.0.0.1", 8080)),
        ("matcher:7010", ("matcher", 7010)),
        ("[::1]:80", ("::1", 80)),
        ("[::]:80", ("::", 80)),
        (":7010", ("0.0.0.0", 7010)),  # noqa: S104 -- what it means
        ("localhost:0", ("localhost", 0)),
        ("localhost:65535", ("localhost", 65535)),
    ],
)
def test_host_and_port(text: str, parts: tuple[str, int]) -> None:
    assert split_host_port(text) == parts
    assert check_host_port(text) == text


@pytest.mark.parametrize(
    "text",
    ["", "8080", "localhost", "localhost:", "localhost:http", "localhost:65536", "a:-1", "a:1.5", "a: 1"],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="host:port"):
        check_host_port(text)
