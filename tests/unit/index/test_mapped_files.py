"""Pages are let go, and nothing that was written in them is."""

from __future__ import annotations

import mmap
import sys
from pathlib import Path

import pytest

from allmanning.index.store.mapped_files import let_go

SIZE = 1 << 20

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the list of mappings is Linux'")


def resident_kb(path: Path) -> int:
    """Of the mappings of a file, as smaps lists them."""
    lines = iter(Path("/proc/self/smaps").read_text(encoding="utf-8").splitlines())
    return sum(
        next(int(each.split()[1]) for each in lines if each.startswith("Rss:"))
        for line in lines
        if line.endswith(f" {path}")
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "inne" / "sida.dat"
    path.parent.mkdir()
    path.write_bytes(bytes(SIZE))
    return path


def test_a_shared_mapping_is_let_go_with_all_that_was_written(file: Path) -> None:
    with file.open("r+b") as opened, mmap.mmap(opened.fileno(), SIZE) as mapped:
        mapped[:] = b"x" * SIZE
        assert resident_kb(file) == SIZE // 1024
        let_go(file.parent)
        assert resident_kb(file) == 0
        assert mapped[:] == b"x" * SIZE
    assert file.read_bytes() == b"x" * SIZE


def test_what_only_a_private_mapping_has_stays(file: Path) -> None:
    with file.open("r+b") as opened, mmap.mmap(opened.fileno(), SIZE, access=mmap.ACCESS_COPY) as mapped:
        mapped[:] = b"x" * SIZE
        let_go(file.parent)
        assert mapped[:] == b"x" * SIZE


def test_files_of_other_folders_stay(file: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with file.open("r+b") as opened, mmap.mmap(opened.fileno(), SIZE) as mapped:
        mapped[:] = b"x" * SIZE
        let_go(tmp_path / "in")
        assert resident_kb(file) == SIZE // 1024
