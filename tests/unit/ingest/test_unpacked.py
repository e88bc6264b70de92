"""A zip file that unpacks to too much is refused before a parser opens it."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest

from allmanning.ingest.read.unpacked import check_unpacked, directory_bytes, member_names
from allmanning.runtime.errors import Unprocessable

MEGABYTE = 1024 * 1024


def archive(folder: Path, members: dict[str, bytes]) -> Path:
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in members.items():
            out.writestr(name, data)
    return path


def test_an_ordinary_file_passes(tmp_path: Path) -> None:
    path = archive(tmp_path, {"a": b"a" * MEGABYTE, "b": b"b"})
    check_unpacked(path)
    assert member_names(path) == {"a", "b"}


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path, {"a": bytes(65 * MEGABYTE)})
    with pytest.raises(Unprocessable, match=r"archive\.bomb"):
        check_unpacked(path)


def test_a_bomb_that_lies_of_its_size_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path, {"a": bytes(65 * MEGABYTE)})
    size = struct.pack("<L", 65 * MEGABYTE)
    path.write_bytes(path.read_bytes().replace(size, struct.pack("<L", 1000)))
    with zipfile.ZipFile(path) as opened:
        assert opened.infolist()[0].file_size == 1000
    with pytest.raises(Unprocessable, match=r"archive\.bomb"):
        check_unpacked(path)


def test_members_are_counted(tmp_path: Path) -> None:
    path = archive(tmp_path, {str(number): b"" for number in range(5)})
    with pytest.raises(Unprocessable, match=r"archive\.bomb"):
        check_unpacked(path, most_members=4)
    check_unpacked(path, most_members=5)


def test_a_damaged_file_is_no_bomb_and_has_no_names(tmp_path: Path) -> None:
    path = archive(tmp_path, {"a": b"a"})
    path.write_bytes(path.read_bytes()[:-30])
    assert member_names(path) == frozenset()
    with pytest.raises(zipfile.BadZipFile):
        check_unpacked(path)


def test_the_list_of_members_is_measured_before_it_is_read(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as opened:
        for number in range(70_000):
            opened.writestr(f"{number:0100d}", b"")
    path = tmp_path / "many.zip"
    path.write_bytes(out.getvalue())
    assert directory_bytes(path) > 8 * MEGABYTE
    assert member_names(path) == frozenset()
    with pytest.raises(Unprocessable, match=r"archive\.bomb"):
        check_unpacked(path)
