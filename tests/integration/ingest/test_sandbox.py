"""What a program inside a document may do to this machine: nothing, and the next document is read."""

from __future__ import annotations

import os
import platform
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from allmanning.ingest.sandbox import confine
from allmanning.runtime.errors import Unprocessable
from tests.integration.ingest.reading import Attacked, attacked, original

pytestmark = pytest.mark.skipif(bool(confine.missing()), reason="this kernel has no Landlock or no seccomp")

# Around Python and its audit hook, straight to the kernel.
LIBC = "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"


def call(expression: str) -> str:
    """A program that says what errno a call of libc left."""
    return f"{LIBC}said = ({expression}) < 0 and ctypes.get_errno()"


@pytest.fixture
async def pool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Attacked]:
    async with attacked(tmp_path, monkeypatch) as opened:
        yield opened


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A file that is none of the reader's business."""
    path = tmp_path / "ingest.sqlite3"
    path.write_text("hemligt")
    return path


async def test_another_document_is_out_of_reach(pool: Attacked, tmp_path: Path) -> None:
    other = original(tmp_path, b"hemligt")
    (other.workspace / "page.png").write_bytes(b"hemligt")
    for path in (other.path, other.workspace / "page.png"):
        assert await pool.said(f"said = open({str(path)!r}).read()") == "PermissionError 13"
    for folder in (other.workspace, tmp_path):
        assert await pool.said(f"import os; said = os.listdir({str(folder)!r})") == "PermissionError 13"
    assert await pool.reads_the_next()


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "/etc/hostname",
        "/proc/1/cmdline",
        "/proc/self/root/etc/passwd",
        "/proc/self/cwd/../../../x",
        pytest.param(f"/proc/{os.getpid()}/environ", id="environment of the service"),
        str(Path.home() / ".profile"),
        __file__.replace("test_sandbox", "conftest").replace("tests", "services"),
    ],
)
async def test_files_outside_are_not_read(pool: Attacked, path: str) -> None:
    assert await pool.said(f"said = open({path!r}).read()") in ("PermissionError 13", "FileNotFoundError 2")
    assert await pool.said(call(f"libc.open({path.encode()!r}, 0)")) in ("13", "2")


async def test_registry_is_neither_read_nor_written_nor_locked_away(pool: Attacked, elsewhere: Path) -> None:
    path = str(elsewhere).encode()
    assert await pool.said(f"said = open({path!r}).read()") == "PermissionError 13"
    assert await pool.said(f"open({path!r}, 'w')") == "PermissionError 13"
    assert await pool.said(f"import os; os.truncate({path!r}, 0)") == "PermissionError 13"
    assert await pool.said(f"import os; os.unlink({path!r})") == "PermissionError 13"
    assert await pool.said(f"import os; os.rename({path!r}, 'mine')") in ("PermissionError 13", "OSError 18")
    assert await pool.said(f"import os; os.link({path!r}, 'mine')") in ("PermissionError 13", "OSError 18")
    for expression in (
        f"libc.chmod({path!r}, 0)",
        f"libc.chown({path!r}, 1, 1)",
        f"libc.utimes({path!r}, None)",
        f"libc.setxattr({path!r}, b'user.a', b'b', 1, 0)",
    ):
        assert await pool.said(call(expression)) == "1"
    assert elsewhere.read_text() == "hemligt"


async def test_nothing_is_written_outside_the_workspace(pool: Attacked, tmp_path: Path) -> None:
    for path in (str(tmp_path / "new"), "/tmp/new", "/dev/shm/new", confine.__file__):
        assert await pool.said(f"open({path!r}, 'w')") == "PermissionError 13"
    assert await pool.said("open(original.path, 'w')") == "PermissionError 13"
    assert await pool.said("open('page.png', 'w').write('a'); said = os = open('page.png').read()") == "a"


async def test_nothing_but_files_and_folders_is_left_in_the_workspace(pool: Attacked) -> None:
    assert await pool.said("import os; os.symlink('/etc/passwd', 'link')") == "PermissionError 13"
    assert await pool.said("import os; os.mkfifo('pipe')") in ("PermissionError 1", "PermissionError 13")
    assert await pool.said(call("libc.mknod(b'device', 0o20666, 0x103)")) == "1"


@pytest.fixture
def listening() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


async def test_network_is_out_of_reach(pool: Attacked, listening: int) -> None:
    connect = f"import socket; socket.create_connection(('127.0.0.1', {listening}))"
    assert (await pool.said(connect)).startswith(("PermissionError", "Forbidden"))
    assert (await pool.said("import urllib.request as r; r.urlopen('http://127.0.0.1')")).startswith("URLError")
    for family, kind in ((2, 1), (2, 2), (10, 1), (1, 1), (1, 2), (16, 3), (17, 3)):
        assert await pool.said(call(f"libc.socket({family}, {kind}, 0)")) == "1"
    assert await pool.said(call("libc.socketpair(1, 1, 0, (ctypes.c_int * 2)())")) == "1"
    # The channel to the service is a socket, and takes bytes only.
    assert await pool.said(call("libc.sendto(3, b'a', 1, 0, None, 0)")) == "1"
    assert await pool.said(call("libc.sendmsg(3, None, 0)")) == "1"


@pytest.mark.parametrize(
    "program",
    [
        "import subprocess; subprocess.run(['id'])",
        "import os; os.system('id')",
        "import os; os.fork()",
        "import os; os.execv('/usr/bin/id', ['id'])",
        "import os; os.posix_spawn('/usr/bin/id', ['id'], {})",
    ],
)
async def test_no_program_is_started(pool: Attacked, program: str) -> None:
    assert (await pool.said(program)).startswith(("PermissionError", "Forbidden"))
    assert await pool.reads_the_next()


BY_NUMBER = [
    "libc.syscall(56, 17, 0, 0, 0, 0)",  # clone of a process
    "libc.syscall(234, os.getppid(), os.getppid(), 9)",  # tgkill
    "libc.syscall(425, 8, None)",  # io_uring_setup
    "libc.syscall(321, 0, None, 0)",  # bpf
    "libc.syscall(250, 0, 0)",  # keyctl
    "libc.syscall(434, os.getppid(), 0)",  # pidfd_open
    "libc.syscall(0x40000000 + 41, 2, 1, 0)",  # socket, by its x32 number
]


@pytest.mark.parametrize(
    "expression",
    [
        "libc.execve(b'/usr/bin/id', None, None)",
        "libc.fork()",
        "libc.vfork()",
        "libc.ptrace(0, 0, 0, 0)",
        "libc.ptrace(16, os.getppid(), 0, 0)",
        "libc.kill(os.getppid(), 9)",
        "libc.kill(-1, 9)",
        "libc.kill(0, 9)",
        "libc.mount(b'a', b'/mnt', b'tmpfs', 0, None)",
        "libc.unshare(0x10000000)",
        "libc.prlimit(0, 7, b'\\0' * 16, None)",
        "libc.prlimit(os.getppid(), 7, b'\\0' * 16, None)",
        "libc.shmget(1, 4096, 0o1666)",
        *(BY_NUMBER if platform.machine() == "x86_64" else []),
    ],
)
async def test_kernel_refuses(pool: Attacked, expression: str) -> None:
    assert await pool.said(call(expression)) == "1"
    assert await pool.reads_the_next()


async def test_fork_bomb_is_no_bomb(pool: Attacked) -> None:
    assert await pool.said(f"{LIBC}said = sum(libc.fork() >= 0 for _ in range(1000))") == "0"


async def test_threads_are_allowed_and_limited(pool: Attacked) -> None:
    """Parsers in C have threads; a thousand need more memory than there is."""
    thread = "import threading, time\nthreading.Thread(target=time.sleep, args=(5,), daemon=True).start()\n"
    assert await pool.said(thread) == "done"
    many = f"{thread}try:\n for _ in range(5000): threading.Thread(target=time.sleep, args=(5,), daemon=True).start()\n"
    assert await pool.said(f"{many}except RuntimeError: said = 'limited'") == "limited"
    assert await pool.reads_the_next()


async def test_huge_file_and_many_files_are_refused(pool: Attacked) -> None:
    assert await pool.said("open('huge', 'wb').write(bytes(9_000_000))") == "OSError 27"
    assert await pool.said("kept = [open(original.path) for _ in range(500)]") == "OSError 24"
    assert await pool.reads_the_next()


async def test_no_limit_is_raised(pool: Attacked) -> None:
    """Also not by the operator's own user, which may raise any."""
    raised = "import resource; resource.setrlimit(resource.RLIMIT_{}, (10**9, 10**9)); said = 'raised'"
    for name in ("AS", "FSIZE", "NOFILE"):
        with pytest.raises(Unprocessable, match=r"file\.unreadable"):
            await pool.run(raised.format(name))


async def test_limits_of_the_process_may_be_read(pool: Attacked) -> None:
    assert await pool.said("import resource; said = resource.getrlimit(resource.RLIMIT_NOFILE)") == "(128, 128)"


async def test_libraries_find_what_they_need(pool: Attacked) -> None:
    """Modules that were not loaded, temporary files, the time zone and fonts."""
    program = """
import csv, decimal, sqlite3, tempfile, wave, zoneinfo, hashlib, os, locale, multiprocessing
zoneinfo.ZoneInfo('Europe/Stockholm') if os.path.exists('/usr/share/zoneinfo') else None
with tempfile.TemporaryFile() as file: file.write(b'a')
with tempfile.TemporaryDirectory() as folder: os.mkdir(folder + '/a')
os.urandom(1); open('/dev/null', 'rb').close()
hashlib.sha256(b'a').hexdigest()
os.makedirs('a/b'); open('a/b/c', 'w').close(); os.rename('a/b/c', 'c')
"""
    assert await pool.said(program) == "done"
