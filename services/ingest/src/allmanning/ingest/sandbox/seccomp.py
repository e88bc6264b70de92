"""Seccomp: system calls that this process, for good and with all its children, no longer has.

A refused call fails with EPERM, as for a user without the right, so that a parser reports an error and does not die.
The filter is the kernel's classic BPF (`Documentation/userspace-api/seccomp_filter.rst`): it sees a call's number and
arguments, never what these point to.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

# Number of each call on x86_64 and on aarch64; -1 where it does not exist.
_NETWORK: Final = {
    "socket": (41, 198), "connect": (42, 203), "bind": (49, 200), "listen": (50, 201), "accept": (43, 202),
    "accept4": (288, 242), "sendto": (44, 206), "sendmmsg": (307, 269), "recvmmsg": (299, 243),
}  # fmt: skip
_PROGRAMS: Final = {"execve": (59, 221), "execveat": (322, 281)}
_OTHER_PROCESSES: Final = {
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "pidfd_open": (434, 434), "pidfd_getfd": (438, 438), "pidfd_send_signal": (424, 424),
    "process_madvise": (440, 440), "process_mrelease": (448, 448), "setns": (308, 268), "unshare": (272, 97),
}  # fmt: skip
_KERNEL: Final = {
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427), "bpf": (321, 280),
    "perf_event_open": (298, 241), "userfaultfd": (323, 282), "fanotify_init": (300, 262), "syslog": (103, 116),
    "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218),
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "open_tree": (428, 428),
    "move_mount": (429, 429), "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432),
    "fspick": (433, 433), "mount_setattr": (442, 442), "swapon": (167, 224), "swapoff": (168, 225),
    "quotactl": (179, 60), "quotactl_fd": (443, 443), "acct": (163, 89), "reboot": (169, 142),
    "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106), "kexec_load": (246, 104),
    "kexec_file_load": (320, 294), "settimeofday": (164, 170), "clock_settime": (227, 112), "adjtimex": (159, 171),
    "clock_adjtime": (305, 266), "sethostname": (170, 161), "setdomainname": (171, 162), "personality": (135, 92),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265), "iopl": (172, -1), "ioperm": (173, -1),
    "modify_ldt": (154, -1),
}  # fmt: skip
# What only the template needs: a child, and the pipes to it.
_CHILDREN: Final = {
    "fork": (57, -1), "vfork": (58, -1), "tkill": (200, 130), "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240), "socketpair": (53, 199), "sendmsg": (46, 211), "recvmsg": (47, 212),
}  # fmt: skip
# Landlock says nothing of these: they change a file by its name, or reach other processes.
_BY_NAME: Final = {
    "chmod": (90, -1), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452), "chown": (92, -1),
    "lchown": (94, -1), "fchown": (93, 55), "fchownat": (260, 54), "utime": (132, -1), "utimes": (235, -1),
    "futimesat": (261, -1), "utimensat": (280, 88), "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7),
    "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16), "mknod": (133, -1),
    "mknodat": (259, 33), "setrlimit": (160, 164),
    "shmget": (29, 194), "shmat": (30, 196), "shmctl": (31, 195), "semget": (64, 190), "semop": (65, 193),
    "semctl": (66, 191), "semtimedop": (220, 192), "msgget": (68, 186), "msgsnd": (69, 189), "msgrcv": (70, 188),
    "msgctl": (71, 187), "mq_open": (240, 180), "mq_unlink": (241, 181),
}  # fmt: skip
_TEMPLATE: Final = _NETWORK | _PROGRAMS | _OTHER_PROCESSES | _KERNEL
_CHILD: Final = _TEMPLATE | _CHILDREN | _BY_NAME
_CLONE: Final = (56, 220)
_CLONE3: Final = (435, 435)
_TO_ONE_PROCESS: Final = ((62, 129), (234, 131))  # kill, tgkill
_PRLIMIT64: Final = (302, 261)

_CLONE_THREAD: Final = 0x00010000
_X32_CALLS: Final = 0x40000000
_NO_NEW_PRIVS, _SECCOMP, _FILTER = 38, 22, 2
# Opcodes: load a word of the call, compare it, return.
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_ALLOW: Final = 0x7FFF0000
_ERROR: Final = 0x00050000


@dataclass(frozen=True)
class _Machine:
    column: int
    audit_arch: int


_MACHINES: Final = {"x86_64": _Machine(0, 0xC000003E), "aarch64": _Machine(1, 0xC00000B7)}


def available() -> bool:
    """Whether this kernel filters system calls, and this machine's are known here."""
    if sys.platform != "linux" or platform.machine() not in _MACHINES or sys.maxsize < 2**32:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    # A kernel with filters looks for the program and finds none.
    return libc.prctl(_SECCOMP, _FILTER, None, 0, 0) != 0 and ctypes.get_errno() == errno.EFAULT


def give_up_privileges() -> None:
    """No program that is started may have more rights than this process. Needed before any filter."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_NO_NEW_PRIVS, 1, 0, 0, 0)


def restrict_template() -> None:
    """Neither network nor programs nor the kernel's administration; children and signals to them remain.

    Raises:
        OSError: the kernel refused.
    """
    if available():
        machine = _MACHINES[platform.machine()]
        _install(b"".join([*_start(machine), *_refusals(machine, _TEMPLATE), _return(_ALLOW)]))


def restrict_child() -> None:
    """Besides, no new process (threads remain), no signal to another one, no limit raised, no file's rights changed.

    Raises:
        OSError: the kernel refused.
    """
    if available():
        machine = _MACHINES[platform.machine()]
        _install(b"".join([*_start(machine), *_refusals(machine, _CHILD), *_conditions(machine), _return(_ALLOW)]))


def _start(machine: _Machine) -> Iterator[bytes]:
    yield _step(_LOAD, _ARCHITECTURE)
    yield _step(_EQUAL, machine.audit_arch, 1, 0)
    yield _return(_ERROR | errno.EPERM)
    yield _step(_LOAD, _NUMBER)
    if machine.audit_arch == _MACHINES["x86_64"].audit_arch:
        # The same calls under other numbers.
        yield _step(_AT_LEAST, _X32_CALLS, 0, 1)
        yield _return(_ERROR | errno.EPERM)


def _refusals(machine: _Machine, calls: dict[str, tuple[int, int]]) -> Iterator[bytes]:
    for numbers in calls.values():
        if numbers[machine.column] >= 0:
            yield _step(_EQUAL, numbers[machine.column], 0, 1)
            yield _return(_ERROR | errno.EPERM)


def _conditions(machine: _Machine) -> Iterator[bytes]:
    # Its flags are behind a pointer; a libc that is told it does not exist takes `clone`.
    yield _step(_EQUAL, _CLONE3[machine.column], 0, 1)
    yield _return(_ERROR | errno.ENOSYS)
    yield _step(_EQUAL, _CLONE[machine.column], 0, 4)
    yield _step(_LOAD, _ARGUMENTS)
    yield _step(_ANY_BIT, _CLONE_THREAD, 1, 0)
    yield _return(_ERROR | errno.EPERM)
    yield _return(_ALLOW)
    for numbers in _TO_ONE_PROCESS:
        yield _step(_EQUAL, numbers[machine.column], 0, 4)
        yield _step(_LOAD, _ARGUMENTS)
        yield _step(_EQUAL, os.getpid(), 1, 0)
        yield _return(_ERROR | errno.EPERM)
        yield _return(_ALLOW)
    # Limits may be read (no new value is given), and set is that on processor time, each page anew.
    yield _step(_EQUAL, _PRLIMIT64[machine.column], 0, 10)
    yield _step(_LOAD, _ARGUMENTS)
    yield _step(_EQUAL, 0, 0, 2)
    yield _step(_LOAD, _ARGUMENTS + 8)
    yield _step(_EQUAL, resource.RLIMIT_CPU, 5, 0)
    yield _step(_LOAD, _ARGUMENTS + 2 * 8)
    yield _step(_EQUAL, 0, 0, 2)
    yield _step(_LOAD, _ARGUMENTS + 2 * 8 + 4)
    yield _step(_EQUAL, 0, 1, 0)
    yield _return(_ERROR | errno.EPERM)
    yield _return(_ALLOW)


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


def _return(value: int) -> bytes:
    return _step(_RETURN, value)


def _install(program: bytes) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    steps = ctypes.create_string_buffer(program, len(program))
    described = struct.pack("@HP", len(program) // 8, ctypes.addressof(steps))
    if libc.prctl(_SECCOMP, _FILTER, described, 0, 0):
        failed = ctypes.get_errno()
        raise OSError(failed, os.strerror(failed))
