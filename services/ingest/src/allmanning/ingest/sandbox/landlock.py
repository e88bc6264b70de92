"""Landlock: this process, for good and with all its children, reaches only the files that are listed here.

Linux security module, `Documentation/userspace-api/landlock.rst` of the kernel. Called by number: libc has no wrappers.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

# The same on every architecture that has them.
_CREATE_RULESET: Final = 444
_ADD_RULE: Final = 445
_RESTRICT_SELF: Final = 446
_VERSION: Final = 1
_PATH_BENEATH: Final = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _REMOVE_DIR, _REMOVE_FILE = (1 << bit for bit in range(6))
_MAKE_DIR, _MAKE_REG = 1 << 7, 1 << 8
_REFER, _TRUNCATE, _IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
_FIRST_RIGHTS: Final = (1 << 13) - 1
# Which version of the interface brought more rights.
_LATER_RIGHTS: Final = {2: _REFER, 3: _TRUNCATE, 5: _IOCTL_DEV}
_BIND_AND_CONNECT_TCP: Final = 0b11
_NETWORK_SINCE: Final = 4
_ABSTRACT_SOCKETS_AND_SIGNALS: Final = 0b11
_SCOPES_SINCE: Final = 6

_READ: Final = _READ_FILE | _READ_DIR
# Neither links, sockets nor devices: what is left behind is opened by the service.
_WRITE: Final = _READ | _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _REFER | _TRUNCATE
_OF_A_FILE: Final = _READ_FILE | _WRITE_FILE | _TRUNCATE


def version() -> int:
    """Version of the kernel's interface; 0 where there is none, or it is switched off."""
    if sys.platform != "linux":
        return 0
    found: int = _libc().syscall(_CREATE_RULESET, None, 0, _VERSION)
    return max(0, found)


def restrict(readable: Iterable[str | Path], writable: Iterable[str | Path]) -> None:
    """Allow nothing but reading below `readable`, and reading and writing below `writable`. No TCP, no signals to
    others, no abstract sockets, as far as the kernel knows of them. Paths that don't exist are left out.

    The process must have given up new privileges. Does nothing where there is no Landlock.

    Raises:
        OSError: the kernel refused.
    """
    abi = version()
    if not abi:
        return
    handled = _FIRST_RIGHTS
    for since, right in _LATER_RIGHTS.items():
        handled |= right if abi >= since else 0
    network = _BIND_AND_CONNECT_TCP if abi >= _NETWORK_SINCE else 0
    scopes = _ABSTRACT_SOCKETS_AND_SIGNALS if abi >= _SCOPES_SINCE else 0
    size = 24 if scopes else 16 if network else 8
    attributes = struct.pack("=QQQ", handled, network, scopes)[:size]
    ruleset = _checked(_CREATE_RULESET, attributes, ctypes.c_size_t(size), 0)
    try:
        for path in readable:
            _allow(ruleset, path, _READ & handled)
        for path in writable:
            _allow(ruleset, path, _WRITE & handled)
        _checked(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str | Path, rights: int) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not os.path.isdir(path):  # noqa: PTH112 - thousands of times an hour, and a string will do
            rights &= _OF_A_FILE
        rule = struct.pack("=Qi", rights, opened)
        _checked(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0)
    finally:
        os.close(opened)


def _checked(number: int, *arguments: object) -> int:
    result: int = _libc().syscall(number, *arguments)
    if result < 0:
        failed = ctypes.get_errno()
        raise OSError(failed, os.strerror(failed))
    return result


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
