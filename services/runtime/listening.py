"""Says in one sentence why a service cannot listen at an address."""

import errno
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from services.contract import addresses

_REASONS = {
    errno.EADDRINUSE: "another process uses this port: stop it, or choose another port",
    errno.EACCES: "this user may not use this port: choose one above 1023",
    errno.EADDRNOTAVAIL: "this machine has no such address",
}


@contextmanager
def naming_address(address: str) -> Iterator[None]:
    """Raise an `OSError` that names `address` (host:port) and the reason in place of the system's."""
    try:
        yield
    except socket.gaierror as error:
        raise OSError(f"cannot listen on {address}: {error.strerror}") from None
    except OSError as error:
        number = error.errno or 0
        raise OSError(f"cannot listen on {address}: {_REASONS.get(number, os.strerror(number))}") from None


def check_free(address: str) -> None:
    """Raise an `OSError` that says why nothing can listen on `address` (host:port).

    This never listens itself: whoever connected would take the service for ready.
    """
    host, port = addresses.split_host_port(address)
    with naming_address(address):
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, *_, where in found:
            with socket.socket(family, socket.SOCK_STREAM) as tried:
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    tried.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                tried.bind(where)
