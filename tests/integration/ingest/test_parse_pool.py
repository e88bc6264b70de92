"""A file that breaks its reader breaks nothing else."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from allmanning.ingest.read.ocr import ocr
from allmanning.ingest.read.original import Original
from allmanning.ingest.sandbox import confine, parse_pool
from allmanning.ingest.sandbox.ending import Limits
from allmanning.ingest.sandbox.parse_pool import ParsePool
from allmanning.runtime.errors import Refused, Unprocessable
from tests.integration.ingest.reading import attacked, original, templates
from tests.unit.ingest.files import Words, pdf, saved, scan


@pytest.fixture
def text(tmp_path: Path) -> Original:
    return original(tmp_path, b"Gatorna plogas.")


@pytest.fixture
async def pool() -> AsyncIterator[ParsePool]:
    opened = ParsePool(2, limits=Limits(wall_s=20, cpu_s=20, memory_mb=1024), idle_s=0.5)
    yield opened
    await opened.close()


async def test_templates_start_when_needed_and_stop_when_idle(pool: ParsePool, text: Original) -> None:
    assert templates() == []
    assert (await pool.read(text)).text == "Gatorna plogas."
    assert len(templates()) == 1
    async with asyncio.timeout(10):
        while templates():
            await asyncio.sleep(0.1)
    assert (await pool.read(text)).text == "Gatorna plogas."


async def test_every_file_is_read_in_a_process_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with attacked(tmp_path, monkeypatch) as pool:
        pids = [await pool.said("import os; said = f'{os.getpid()} {os.getppid()}'") for _ in range(3)]
        assert len({pid.split()[0] for pid in pids}) == 3
        assert {int(pid.split()[1]) for pid in pids} == set(templates())


async def test_a_template_has_one_thread(pool: ParsePool, text: Original) -> None:
    """A process with more must not be forked: a lock that another thread holds would stay locked in the child."""
    await pool.read(text)
    assert len(list(Path(f"/proc/{templates()[0]}/task").iterdir())) == 1


async def test_files_are_read_at_the_same_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = original(tmp_path, b"#attack\nimport os, time\nwhile not os.path.exists('go'): time.sleep(0.01)")
    async with attacked(tmp_path, monkeypatch) as pool:
        reading = asyncio.create_task(pool.pool.read(first))
        assert await pool.reads_the_next()
        assert not reading.done()
        (first.workspace / "go").touch()
        assert (await reading).text == "done"


async def test_error_of_a_reader_crosses_the_process(pool: ParsePool, tmp_path: Path) -> None:
    with pytest.raises(Unprocessable, match=r"file\.unreadable"):
        await pool.read(original(tmp_path, b"%PDF-1.4", "application/pdf"))


async def test_template_that_died_is_replaced(pool: ParsePool, text: Original) -> None:
    await pool.read(text)
    os.kill(templates()[0], signal.SIGKILL)
    assert (await pool.read(text)).text == "Gatorna plogas."


async def test_reading_that_is_called_off_ends_its_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with attacked(tmp_path, monkeypatch) as pool:
        waiting = original(
            tmp_path, b"#attack\nimport os, time; open('pid', 'w').write(str(os.getpid())); time.sleep(60)"
        )
        pid = waiting.workspace / "pid"
        reading = asyncio.create_task(pool.pool.read(waiting))
        async with asyncio.timeout(10):
            while not (pid.exists() and pid.read_text()):
                await asyncio.sleep(0.02)
        child = int(pid.read_text())
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        async with asyncio.timeout(10):
            while Path(f"/proc/{child}").exists():
                await asyncio.sleep(0.02)
        assert await pool.reads_the_next()


async def test_template_that_hangs_is_killed(text: Original) -> None:
    pool = ParsePool(1, limits=Limits(wall_s=1, cpu_s=60))
    await pool.read(text)
    os.kill(templates()[0], signal.SIGSTOP)
    with pytest.raises(Unprocessable, match=r"file\.timeout"):
        await pool.read(text)
    assert templates() == []
    await pool.close()


@pytest.mark.parametrize(
    ("program", "code"),
    [
        ("while True: pass", "file.cpu"),
        ("bytes(4_000_000_000)", "file.memory"),
        ("try: bytes(4_000_000_000)\nexcept MemoryError: raise ValueError", "file.memory"),
        ("import os; os.abort()", "file.crashed"),
        ("import ctypes; ctypes.string_at(0)", "file.crashed"),
        ("import os; os._exit(0)", "file.crashed"),
        ("raise SystemExit", "file.crashed"),
        ("import os; os.write(3, b'\\x00\\x00\\x00\\x02{}')", "file.crashed"),
        ("import os; os.write(3, b'\\x00\\x00\\x00\\x05[1, 2')", "file.crashed"),
        ("import os; os.write(3, b'\\xff\\xff\\xff\\xff')", "file.crashed"),
        ("import os; os.write(3, b'\\x00\\x00\\x00\\x0f{\"progress\": [x]'); os._exit(0)", "file.crashed"),
    ],
)
async def test_the_verdict_says_which_limit_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, code: str
) -> None:
    async with attacked(tmp_path, monkeypatch, cpu_s=1) as pool:
        with pytest.raises(Unprocessable) as refused:
            await pool.run(program)
        assert refused.value.code == code
        assert await pool.reads_the_next()


async def test_reader_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with attacked(tmp_path, monkeypatch, wall_s=1) as pool:
        waiting = original(tmp_path, b"#attack\nimport os, time; open(str(os.getpid()), 'w').close(); time.sleep(60)")
        with pytest.raises(Unprocessable, match=r"file\.timeout"):
            await pool.pool.read(waiting)
        (child,) = waiting.workspace.iterdir()
        assert not Path(f"/proc/{child.name}").exists()
        assert len(templates()) == 1


async def test_a_page_may_take_what_the_first_one_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = """
import time
def spin(seconds):
    until = time.process_time() + seconds
    while time.process_time() < until: pass
for page in range(2):
    spin(0.7)
    original.told(page, 4)
"""
    async with attacked(tmp_path, monkeypatch, cpu_s=1) as pool:
        assert await pool.said(program) == "done"
        with pytest.raises(Unprocessable, match=r"file\.cpu"):
            await pool.run(f"{program}spin(3)")
    pause = "import time\nfor page in range(4): time.sleep(0.5); original.told(page, 4)\n"
    async with attacked(tmp_path, monkeypatch, wall_s=1) as pool:
        assert await pool.said(pause) == "done"
        with pytest.raises(Unprocessable, match=r"file\.timeout"):
            await pool.run(f"{pause}time.sleep(60)")


async def test_telling_of_pages_without_end_helps_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with attacked(tmp_path, monkeypatch, wall_s=1, longest=3) as pool:
        with pytest.raises(Unprocessable, match=r"file\.timeout"):
            await pool.run("while True: original.told(1, 2)")


@pytest.mark.skipif(not ocr.available(), reason="Tesseract and its language data are not installed")
async def test_a_scan_is_read_within_the_limits_of_a_worker(pool: ParsePool, tmp_path: Path) -> None:
    page = [Words(70, 700, "Nämnden beviljar bygglov för en altan."), Words(70, 600, "Beslutet kan överklagas.")]
    extract = await pool.read(original(tmp_path, saved(scan(pdf(page)), "PDF"), "application/pdf"))
    assert "Nämnden beviljar bygglov för en altan." in extract.text
    assert [place.page for place in extract.boxes] == [1, 1]


async def test_fault_for_want_of_memory_is_told_from_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = "import ctypes, os; kept = bytearray(b'x') * 300_000_000; os.abort()"
    async with attacked(tmp_path, monkeypatch, memory_mb=360) as pool:
        with pytest.raises(Unprocessable, match=r"file\.memory"):
            await pool.run(program)


async def test_crash_is_tried_once_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left in the workspace tells the second reader that there was a first."""
    program = "import os\nif not os.path.exists('before'): open('before', 'w').close(); os.abort()"
    async with attacked(tmp_path, monkeypatch) as pool:
        assert await pool.said(program) == "done"


async def test_process_that_stays_after_its_answer_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = """
import os, time
from allmanning.ingest.sandbox import wire
from allmanning.ingest.read.document import Extract
os.write(3, wire.framed(wire.answer_of(Extract("", str(os.getpid()), ()))))
time.sleep(60)
"""
    async with attacked(tmp_path, monkeypatch) as pool:
        child = await pool.said(program)
        assert not Path(f"/proc/{child}").exists()


@pytest.mark.parametrize("target", ["/etc/hostname", "../original", "link"])
async def test_member_outside_the_workspace_is_not_taken_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    program = f"""
import os
from pathlib import Path
from allmanning.ingest.sandbox import wire
from allmanning.ingest.read.document import Extract, Member
path = original.workspace / {target!r}
os.write(3, wire.framed(wire.answer_of(Extract("", "", (), members=(Member("a", path, 1),)))))
"""
    async with attacked(tmp_path, monkeypatch) as pool:
        attack = original(tmp_path, ("#attack\n" + program).encode())
        (attack.workspace / "link").symlink_to("/etc/hostname")
        with pytest.raises(Unprocessable, match=r"file\.crashed"):
            await pool.pool.read(attack)


async def test_secrets_of_the_service_do_not_reach_a_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLMANNING_NATS_PASSWORD", "hemligt")
    async with attacked(tmp_path, monkeypatch) as pool:
        assert "hemligt" not in await pool.said("import os; said = dict(os.environ)")
        assert "hemligt" not in await pool.said("said = open('/proc/self/environ').read()")


def test_service_that_requires_a_sandbox_does_not_start_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confine, "missing", lambda: ["Landlock"])
    parse_pool.check_sandbox(required=False)
    with pytest.raises(Refused, match=r"sandbox\.missing: .*Landlock"):
        parse_pool.check_sandbox(required=True)


async def test_files_are_read_on_a_kernel_without_a_sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limits and the audit hook remain."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "bare_worker.py").write_text(
        "from allmanning.ingest.sandbox import landlock, seccomp, worker\n"
        "landlock.version = lambda: 0\nseccomp.available = lambda: False\nworker.main()\n"
    )
    pool = ParsePool(1, module="bare_worker")
    assert (await pool.read(original(tmp_path, b"Gatorna plogas."))).text == "Gatorna plogas."
    await pool.close()
