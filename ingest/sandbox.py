"""Confine this process and its children for good: memory, file size, no network, end with the parent.

Linux only: setrlimit(2), prctl(2), and a seccomp(2) filter in classic BPF (kernel documentation,
userspace-api/seccomp_filter.rst).
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import signal
import socket
import struct
import sys
from typing import Any

# linux/prctl.h
_PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP = 22
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2

# linux/bpf_common.h: load a word, jump if equal, jump if at least, return
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW = 0x7FFF0000
_REFUSE = 0x00050000 | errno.EPERM
# struct seccomp_data { int nr; u32 arch; u64 ip; u64 args[6]; }, little endian
_CALL_AT, _ARCHITECTURE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16
# Calls of the x32 interface carry this bit and would pass by a list of plain numbers.
_X32_BIT = 0x40000000

# machine -> (AUDIT_ARCH, number of socket, numbers refused outright). Refused are the ways around the
# filter: io_uring_setup (opens sockets in the kernel), ptrace, process_vm_readv, process_vm_writev and
# pidfd_getfd (take over, or take the sockets of, a process that is not confined).
_SYSCALLS = {
    "x86_64": (0xC000003E, 41, (425, 101, 310, 311, 438)),
    "aarch64": (0xC00000B7, 198, (425, 117, 270, 271, 438)),
}


class _Program(ctypes.Structure):
    """struct sock_fprog: a count and the address of the instructions."""

    _fields_ = [("count", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def confine(*, address_space: int, file_size: int, parent: int) -> str:
    """Confine this process; what it starts inherits the limits and the refusal of sockets.

    `address_space`, `file_size`: bytes (soft limits, so that the pool may give each kind of work its own).
    `parent`: process id whose end ends this process.

    Returns "" when the kernel refuses network sockets, else one plain line saying what stands in for it.
    """
    _end_with(parent)
    _limit(resource.RLIMIT_AS, address_space)
    _limit(resource.RLIMIT_FSIZE, file_size)
    _limit(resource.RLIMIT_CORE, 0)
    # Whatever a converter leaves behind stays a descendant: it is seen by the watch and can be reaped.
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    return _deny_network()


def allow_processor_time(seconds: float) -> None:
    """End this process by SIGXCPU after another `seconds` of processor time (all its threads together)."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime + seconds) + 1)


def _limit(which: int, soft: int) -> None:
    hard = resource.getrlimit(which)[1]
    resource.setrlimit(which, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def _end_with(parent: int) -> None:
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before the line above
        sys.exit(1)


def _prctl(option: int, *arguments: Any) -> None:
    """prctl(2). Raises OSError where the kernel refuses."""
    libc = ctypes.CDLL(None, use_errno=True)
    rest = [ctypes.c_ulong(a) if isinstance(a, int) else a for a in arguments]
    padding = [ctypes.c_ulong(0)] * (4 - len(rest))
    if libc.prctl(ctypes.c_int(option), *rest, *padding) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _deny_network() -> str:
    machine = platform.machine()
    if machine not in _SYSCALLS:
        sys.addaudithook(_refuse_sockets)
        return f"no system call filter for {machine}: Python code opens no socket, native code could"
    program = _socket_filter(*_SYSCALLS[machine])
    # Kept in a name until the call returns: the kernel copies the instructions from its memory.
    described = _Program(len(program) // 8, program)
    try:
        _prctl(_PR_SET_NO_NEW_PRIVS, 1)
        _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(described))
    except OSError as error:
        sys.addaudithook(_refuse_sockets)
        return (
            f"the kernel takes no system call filter ({error.strerror}): Python code opens no socket, native code could"
        )
    return ""


def _socket_filter(architecture: int, socket_call: int, refused: tuple[int, ...]) -> bytes:
    """Instructions: socket(2) for AF_UNIX alone (LibreOffice talks to itself through it)."""
    checks = [(_AT_LEAST, _X32_BIT)] + [(_EQUAL, number) for number in refused]
    refuse = 2 + 1 + len(checks) + 4  # index of the last instruction
    program = [
        _instruction(_LOAD, _ARCHITECTURE_AT),
        _instruction(_EQUAL, architecture, 0, refuse - 2),
        _instruction(_LOAD, _CALL_AT),
    ]
    for code, number in checks:
        program.append(_instruction(code, number, refuse - len(program) - 1, 0))
    program += [
        _instruction(_EQUAL, socket_call, 0, 2),
        _instruction(_LOAD, _FIRST_ARGUMENT_AT),
        _instruction(_EQUAL, socket.AF_UNIX, 0, 1),
        _instruction(_RETURN, _ALLOW),
        _instruction(_RETURN, _REFUSE),
    ]
    return b"".join(program)


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    """struct sock_filter."""
    return struct.pack("<HBBI", code, if_true, if_false, value)


def _refuse_sockets(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.__new__" and arguments[1] != socket.AF_UNIX:
        raise PermissionError(errno.EPERM, "a reader opens no network connection")
