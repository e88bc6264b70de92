"""ZIP archives: what is taken in, under which name, and what is not."""

from __future__ import annotations

import io
import random
import stat
import struct
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmanning.ingest.read.archive.member_name import LONGEST, Names, climbs, shown
from allmanning.ingest.read.archive.zip import ArchiveLimits, read_zip
from allmanning.ingest.read.document import Extract
from allmanning.ingest.read.finding import MEMBER_REFUSED
from allmanning.ingest.read.media_type import ZIP
from allmanning.ingest.read.original import Original
from allmanning.runtime.errors import Unprocessable

SMALL = ArchiveLimits(members=5, member_bytes=300_000, total_bytes=500_000, ratio=50, ratio_from_bytes=100_000)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    folder.mkdir()
    return folder


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes], packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packed) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return file.getvalue()


def taken(data: bytes, workspace: Path, limits: ArchiveLimits = SMALL) -> Extract:
    path = workspace.parent / "original.zip"
    path.write_bytes(data)
    return read_zip(Original(path, "original.zip", ZIP, workspace=workspace), limits)


def held(extract: Extract) -> dict[str, bytes]:
    return {member.name: member.path.read_bytes() for member in extract.members}


def refused(extract: Extract) -> int:
    return sum(finding.count for finding in extract.findings if finding.code == MEMBER_REFUSED)


def random_bytes(size: int) -> bytes:
    """Bytes that can't be packed."""
    return random.Random(size).randbytes(size)


def test_members_lie_in_the_workspace_under_names_of_ours(workspace: Path) -> None:
    extract = taken(zipped(("Protokoll/2026/plan.txt", b"ett"), ("taxa.pdf", b"tva"), ("tom/", b"")), workspace)
    assert held(extract) == {"Protokoll/2026/plan.txt": b"ett", "taxa.pdf": b"tva"}
    assert [member.size_bytes for member in extract.members] == [3, 3]
    assert sorted(path.name for path in workspace.iterdir()) == ["member-0", "member-1"]
    assert not extract.findings


@pytest.mark.parametrize(
    "name", ["../ut.txt", "a/../../ut.txt", "/etc/passwd", "C:\\Windows\\a.txt", "..\\ut.txt", "\\\\server\\fil.txt"]
)
def test_names_that_climb_out_are_refused_and_the_rest_goes_on(name: str, workspace: Path) -> None:
    extract = taken(zipped(("a.txt", b"a"), (name, b"b")), workspace)
    assert held(extract) == {"a.txt": b"a"}
    assert refused(extract) == 1


def test_links_and_locked_members_are_refused(workspace: Path) -> None:
    link = zipfile.ZipInfo("lank")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    data = bytearray(zipped(("a.txt", b"a"), (link, b"/etc/passwd"), ("last.txt", b"b")))
    for signature, flags in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = data.rfind(signature)
        data[at + flags] |= 1
    extract = taken(bytes(data), workspace)
    assert held(extract) == {"a.txt": b"a"}
    assert refused(extract) == 2


def test_an_archive_that_is_locked_says_so(workspace: Path) -> None:
    data = bytearray(zipped(("a.txt", b"a")))
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(Unprocessable) as error:
        taken(bytes(data), workspace)
    assert error.value.code == "document.encrypted"


@pytest.mark.parametrize("members", [[], [("mapp/", b"")], [("__MACOSX/._a.txt", b"x"), (".DS_Store", b"x")]])
def test_an_archive_without_files_says_so(members: list[tuple[str, bytes]], workspace: Path) -> None:
    with pytest.raises(Unprocessable) as error:
        taken(zipped(*members), workspace)
    assert error.value.code == "document.no_text"


def test_what_macs_leave_behind_is_no_member_and_no_finding(workspace: Path) -> None:
    extract = taken(zipped(("a.txt", b"a"), ("__MACOSX/._a.txt", b"x"), ("mapp/.DS_Store", b"x")), workspace)
    assert held(extract) == {"a.txt": b"a"}
    assert not extract.findings


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_with_one_name_are_told_apart(workspace: Path) -> None:
    extract = taken(zipped(("plan.pdf", b"1"), ("plan.pdf", b"2"), ("Plan.PDF", b"3")), workspace)
    assert held(extract) == {"plan.pdf": b"1", "plan (2).pdf": b"2", "Plan (3).PDF": b"3"}


@pytest.mark.parametrize(("encoding", "utf8"), [("cp850", False), ("cp437", False), ("utf-8", False), ("utf-8", True)])
def test_swedish_names_are_read_whatever_program_wrote_them(encoding: str, utf8: bool, workspace: Path) -> None:
    name = "Översiktsplan för Åmål, ändrad.txt"
    data = zipped(("x" * len(name.encode(encoding)), b"a")).replace(
        b"x" * len(name.encode(encoding)), name.encode(encoding)
    )
    marked = bytearray(data)
    for signature, flags in ((b"PK\x01\x02", 9), (b"PK\x03\x04", 7)):
        marked[marked.find(signature) + flags] |= 8 if utf8 else 0
    assert [member.name for member in taken(bytes(marked), workspace).members] == [name]


def test_a_damaged_member_is_refused_and_leaves_nothing(workspace: Path) -> None:
    data = bytearray(zipped(("a.txt", random_bytes(2000)), ("b.txt", b"b"), packed=zipfile.ZIP_STORED))
    data[200] ^= 0xFF
    extract = taken(bytes(data), workspace)
    assert held(extract) == {"b.txt": b"b"}
    assert refused(extract) == 1
    assert [path.name for path in workspace.iterdir()] == ["member-1"]


def test_methods_whose_blocks_have_no_bound_are_refused(workspace: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", b"a")
        archive.writestr("b.txt", b"b" * 1000, zipfile.ZIP_BZIP2)
    extract = taken(file.getvalue(), workspace)
    assert held(extract) == {"a.txt": b"a"}
    assert refused(extract) == 1


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(zipped(*((f"{number}.txt", b"a") for number in range(6))), id="members"),
        pytest.param(zipped(("a.txt", b"a"), ("bomb.txt", b"\0" * 200_000)), id="ratio"),
        pytest.param(zipped(*((f"{number}.bin", random_bytes(90_000)) for number in range(5))), id="total"),
    ],
)
def test_a_bomb_is_refused_whole(data: bytes, workspace: Path) -> None:
    limits = ArchiveLimits(members=5, member_bytes=300_000, total_bytes=400_000, ratio=50, ratio_from_bytes=100_000)
    with pytest.raises(Unprocessable) as error:
        taken(data, workspace, limits)
    assert error.value.code == "archive.bomb"
    assert not list(workspace.iterdir())


def test_members_that_share_their_bytes_are_a_bomb(workspace: Path) -> None:
    data = zipped(("a.txt", random_bytes(5000)), ("b.txt", random_bytes(5000)))
    directory = data.find(b"PK\x01\x02")
    second = data.find(b"PK\x01\x02", directory + 4)
    # The second member is said to lie where the first does.
    overlapping = bytearray(data)
    overlapping[second + 42 : second + 46] = struct.pack("<I", 0)
    with pytest.raises(Unprocessable) as error:
        taken(bytes(overlapping), workspace)
    assert error.value.code == "archive.bomb"


def test_a_declared_size_is_not_believed(workspace: Path) -> None:
    data = bytearray(zipped(("a.txt", b"a" * 5000), ("b.txt", b"b")))
    at = data.find(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 10)
    extract = taken(bytes(data), workspace)
    assert held(extract) == {"b.txt": b"b"}
    assert refused(extract) == 1


def test_a_member_larger_than_may_be_is_refused_alone(workspace: Path) -> None:
    extract = taken(zipped(("stor.bin", random_bytes(310_000)), ("a.txt", b"a")), workspace)
    assert held(extract) == {"a.txt": b"a"}
    assert refused(extract) == 1


def test_zip64_is_read(workspace: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive, archive.open("a.txt", "w", force_zip64=True) as member:
        member.write(b"a")
    assert held(taken(file.getvalue(), workspace)) == {"a.txt": b"a"}


def test_memory_does_not_grow_with_the_members(workspace: Path) -> None:
    limits = ArchiveLimits()
    path = workspace.parent / "original.zip"
    block = random_bytes(64_000)
    with zipfile.ZipFile(path, "w") as archive, archive.open("stor.bin", "w") as member:
        for _ in range(500):
            member.write(block)
    tracemalloc.start()
    try:
        extract = read_zip(Original(path, "original.zip", ZIP, workspace=workspace), limits)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert extract.members[0].size_bytes == 32_000_000
    assert most < 8_000_000


def unfit(name: str) -> Iterator[str]:
    yield from (character for character in name if not character.isprintable() or character in '\\<>:"|?*')


@given(st.text(max_size=400))
def test_shown_names_are_printable_short_and_never_empty(name: str) -> None:
    found = shown(name)
    assert 0 < len(found) <= LONGEST
    assert not list(unfit(found)), found
    assert not found.startswith("/")
    assert ".." not in found.split("/")


@given(st.lists(st.sampled_from(["a.txt", "A.txt", "a (2).txt", "b" * LONGEST, "ä"]), max_size=30))
def test_names_of_one_container_differ(written: list[str]) -> None:
    names = Names()
    found = [names.unique(name) for name in written]
    assert len({name.casefold() for name in found}) == len(found)
    assert all(len(name) <= LONGEST for name in found)


def test_a_name_keeps_its_extension_and_loses_what_misleads() -> None:
    assert shown("faktura\u202efdp.exe") == "fakturafdp.exe"
    assert shown("rad\nbrytning.txt") == "rad brytning.txt"
    assert shown("å" * 300 + ".docx").endswith("å.docx")
    assert shown("mapp/") == "mapp/namnlös"
    assert climbs("a/../b")
    assert not climbs("a..b/c")
