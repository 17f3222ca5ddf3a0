"""Tests the filter of system calls of both processors. A small machine runs it as the kernel does."""

import struct

import pytest

from services.reports.shell.evidence.system_call_filter import ALLOW, ALLOWED, REFUSE, filter_program

AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
PRLIMIT64 = {"x86_64": 302, "aarch64": 261}
ABI_X32 = 0x40000000
"""This bit marks the calls of a second ABI of x86_64."""

FORBIDDEN = {
    "x86_64": {"open": 2, "openat": 257, "socket": 41, "connect": 42, "clone": 56, "execve": 59, "kill": 62},
    "aarch64": {"openat": 56, "socket": 198, "connect": 203, "clone": 220, "execve": 221, "kill": 129},
}


def run(program: bytes, architecture: int, number: int, first: int = 0) -> int:
    """Return what the program decides about a call."""
    call = struct.pack("=iIQ6Q", number, architecture, 0, first, 0, 0, 0, 0, 0)
    steps = list(struct.iter_unpack("=HBBI", program))
    value = place = 0
    while True:
        operation, if_equal, if_not, constant = steps[place]
        place += 1
        if operation == 0x20:
            (value,) = struct.unpack_from("=I", call, constant)
        elif operation == 0x15:
            place += if_equal if value == constant else if_not
        else:
            assert operation == 0x06
            return int(constant)


@pytest.mark.parametrize("column", [0, 1])
def test_only_the_calls_in_the_table_are_allowed(column: int) -> None:
    name = list(AUDIT_ARCH)[column]
    program = filter_program(name)
    allowed = {numbers[column] for numbers in ALLOWED.values()} | {PRLIMIT64[name]}
    decided = {number: run(program, AUDIT_ARCH[name], number) for number in range(700)}
    assert {number for number, verdict in decided.items() if verdict == ALLOW} == allowed
    assert {verdict for number, verdict in decided.items() if number not in allowed} == {REFUSE}
    assert not allowed & set(FORBIDDEN[name].values())


@pytest.mark.parametrize("name", AUDIT_ARCH)
def test_only_our_own_limits_may_be_changed(name: str) -> None:
    program = filter_program(name)
    assert run(program, AUDIT_ARCH[name], PRLIMIT64[name], first=0) == ALLOW
    assert run(program, AUDIT_ARCH[name], PRLIMIT64[name], first=1234) == REFUSE


@pytest.mark.parametrize("name", AUDIT_ARCH)
def test_calls_of_another_abi_are_refused(name: str) -> None:
    program, i386 = filter_program(name), 0x40000003
    for numbers in ALLOWED.values():
        assert run(program, i386, numbers[0]) == REFUSE
        assert run(program, AUDIT_ARCH[name], ABI_X32 | numbers[0]) == REFUSE
