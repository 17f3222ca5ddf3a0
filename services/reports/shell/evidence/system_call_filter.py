"""Refuses nearly every system call of this process, by a seccomp filter of the Linux kernel.

The table names what is allowed, so a call that a newer kernel adds is refused too. A refused call fails with
EPERM. Sources: seccomp(2), and the kernel's tables `syscall_64.tbl` and `asm-generic/unistd.h`.
"""

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Callable
from typing import Any

_ARCHITECTURES = ("x86_64", "aarch64")
_AUDIT_ARCH = (0xC000003E, 0xC00000B7)
"""<linux/audit.h> gives these architectures these numbers."""

ALLOWED = {
    "read": (0, 63),
    "write": (1, 64),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "mremap": (25, 216),
    "brk": (12, 214),
    "madvise": (28, 233),
    "futex": (202, 98),
    "sched_yield": (24, 124),
    "clock_gettime": (228, 113),
    "rt_sigreturn": (15, 139),
    "exit": (60, 93),
    "exit_group": (231, 94),
}
"""The allowed calls, with their number on each of the architectures."""

_PRLIMIT64 = (302, 261)
_SECCOMP = (317, 277)

_PR_SET_NO_NEW_PRIVS = 38
_SET_MODE_FILTER, _ALL_THREADS = 1, 1  # SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06  # LD+W+ABS, JMP+JEQ+K, RET+K in <linux/bpf_common.h>
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in `struct seccomp_data`, little-endian
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM  # SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO


class FilterUnavailable(Exception):
    """The system or the processor has no such filter; the sentence says why."""


class _FilterProgram(ctypes.Structure):
    """It is `struct sock_fprog` of <linux/filter.h>."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def filter_program(architecture: str) -> bytes:
    """Return the filter as instructions of classic BPF; raise `ValueError` for another architecture.

    `prlimit64` is allowed for the caller itself (process 0) only, for it could end other processes.
    """
    column = _ARCHITECTURES.index(architecture)
    steps = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_JUMP_IF_EQUAL, 1, 0, _AUDIT_ARCH[column]),
        (_RETURN, 0, 0, REFUSE),
        (_LOAD, 0, 0, _NUMBER),
    ]
    for numbers in ALLOWED.values():
        steps += [(_JUMP_IF_EQUAL, 0, 1, numbers[column]), (_RETURN, 0, 0, ALLOW)]
    steps += [
        (_JUMP_IF_EQUAL, 0, 3, _PRLIMIT64[column]),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_JUMP_IF_EQUAL, 0, 1, 0),
        (_RETURN, 0, 0, ALLOW),
        (_RETURN, 0, 0, REFUSE),
    ]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def install() -> None:
    """Filter the calls of all threads, without a way back; raise `FilterUnavailable`."""
    architecture = platform.machine()
    if sys.platform != "linux" or architecture not in _ARCHITECTURES:
        raise FilterUnavailable(f"there is none for {sys.platform} on {architecture}")
    libc = ctypes.CDLL(None, use_errno=True)
    _checked(libc.prctl, _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    instructions = filter_program(architecture)
    filter = _FilterProgram(len(instructions) // 8, instructions)
    seccomp = _SECCOMP[_ARCHITECTURES.index(architecture)]
    _checked(libc.syscall, seccomp, _SET_MODE_FILTER, _ALL_THREADS, ctypes.addressof(filter))


def _checked(call: Callable[..., Any], *arguments: int) -> None:
    if call(*map(ctypes.c_ulong, arguments)):
        raise FilterUnavailable(f"the kernel refuses it: {os.strerror(ctypes.get_errno())}")
