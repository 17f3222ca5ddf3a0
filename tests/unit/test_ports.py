"""Free ports are found for the processes of one machine."""

import socket
from pathlib import Path

from services.local.ports import first_in_a_row, free_ports


def test_ports_are_free_and_no_outgoing_connection_is_given_them() -> None:
    first_outgoing = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    with socket.socket() as used:
        used.bind(("127.0.0.1", next(free_ports())))
        ports = list(free_ports())
        assert used.getsockname()[1] not in ports
    assert len(set(ports)) == len(ports) > 1000
    assert max(ports) < first_outgoing


def test_neighbours_stand_in_a_row() -> None:
    assert first_in_a_row(2, iter([5, 7, 8, 9])) == 8
