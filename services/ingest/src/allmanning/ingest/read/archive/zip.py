"""ZIP archives: their members become documents of their own."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from allmanning.ingest.read.archive.member_name import Names, climbs, shown
from allmanning.ingest.read.document import Extract, Member, assemble
from allmanning.ingest.read.finding import MEMBER_REFUSED, Finding
from allmanning.ingest.read.original import Original
from allmanning.ingest.read.plain.encoding import decode
from allmanning.ingest.read.unpacked import directory_bytes
from allmanning.runtime.errors import Unprocessable

_MEGABYTE: Final = 1024 * 1024
_UTF8_NAME: Final = 0x800
_ENCRYPTED: Final = 0x1 | 0x40
_FILE_KIND: Final = 0o170000
_REGULAR: Final = 0o100000
_LOCAL_HEADER_BYTES: Final = 30
# `zipfile` bounds what these two give at a time; a block of bzip2 or LZMA unpacks to whatever it likes.
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
# What operating systems leave beside people's files.
_LEFT_BEHIND: Final = frozenset({".ds_store", "thumbs.db", "desktop.ini"})


@dataclass(frozen=True)
class ArchiveLimits:
    """What an archive may hold. `ratio`: unpacked bytes to packed ones, of members larger than `ratio_from_bytes`."""

    members: int = 5_000
    member_bytes: int = 250 * _MEGABYTE
    total_bytes: int = 2_000 * _MEGABYTE
    ratio: int = 200
    # A small form or log may well be packed a thousand times, and is no danger.
    ratio_from_bytes: int = 20 * _MEGABYTE
    # The list of members is held in memory; a member takes about 100 bytes of it.
    directory_bytes: int = 4 * _MEGABYTE


LIMITS: Final = ArchiveLimits()


def read_zip(original: Original, limits: ArchiveLimits = LIMITS) -> Extract:
    """Unpack a ZIP archive into the workspace. Members that can't or mayn't be taken in are counted in a finding.

    Raises:
        Unprocessable: `archive.bomb`, with nothing left in the workspace; `document.encrypted`, when every member is
            locked; `document.no_text`, when it holds no files.
    """
    if directory_bytes(original.path) > limits.directory_bytes:
        raise _bomb(f"fler än {limits.members} filer")
    with zipfile.ZipFile(original.path) as archive:
        infos = archive.infolist()
        files = [info for info in infos if not info.is_dir() and not _is_left_behind(_name(info))]
        if not files:
            raise Unprocessable("document.no_text", "Arkivet innehåller inga filer. (The archive holds no files.)")
        if len(files) > limits.members:
            raise _bomb(f"fler än {limits.members} filer")
        if _overlap(infos):
            raise _bomb("filer som delar på samma byte")
        if all(info.flag_bits & _ENCRYPTED for info in files):
            raise Unprocessable(
                "document.encrypted", "Arkivet är låst med lösenord. (The archive is locked with a password.)"
            )
        try:
            members = list(_members(archive, files, original, limits))
        except Unprocessable:
            for written in original.workspace.glob("member-*"):
                written.unlink()
            raise
    refused = len(files) - len(members)
    return assemble([], members=members, findings=[Finding(MEMBER_REFUSED, count=refused)] if refused else [])


def _members(
    archive: zipfile.ZipFile, files: Sequence[zipfile.ZipInfo], original: Original, limits: ArchiveLimits
) -> Iterator[Member]:
    names = Names()
    left = limits.total_bytes
    for number, info in enumerate(files):
        name = _name(info)
        if not _is_allowed(info, name):
            continue
        if _is_bomb(info, info.file_size, limits):
            raise _bomb("en fil som är orimligt hårt packad")
        # `zipfile` unpacks no more than the declared size, so a member can be refused by it, though never trusted.
        if info.file_size > limits.member_bytes:
            continue
        path = original.workspace / f"member-{number}"
        size = _unpacked(archive, info, path, left)
        if size is None:
            path.unlink(missing_ok=True)
            continue
        left -= size
        yield Member(names.unique(shown(name)), path, size)


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path, most: int) -> int | None:
    """How many bytes were written to `path`; None for a damaged member. Raises `archive.bomb` above `most`."""
    size = 0
    try:
        with archive.open(info) as packed, path.open("wb") as file:
            while chunk := packed.read(_MEGABYTE):
                size += len(chunk)
                if size > most:
                    raise _bomb("mer än vad som får packas upp")
                file.write(chunk)
    # What `zipfile` and zlib say of damaged members.
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError):
        return None
    return size


def _is_allowed(info: zipfile.ZipInfo, name: str) -> bool:
    kind = (info.external_attr >> 16) & _FILE_KIND
    return (
        not climbs(name)
        and kind in (0, _REGULAR)
        and not info.flag_bits & _ENCRYPTED
        and info.compress_type in _METHODS
    )


def _is_bomb(info: zipfile.ZipInfo, size: int, limits: ArchiveLimits) -> bool:
    return size > limits.ratio_from_bytes and size > limits.ratio * max(info.compress_size, 1)


def _overlap(infos: Sequence[zipfile.ZipInfo]) -> bool:
    """Whether two members share bytes, as in the bombs that unpack one kernel thousands of times (Fifield 2019)."""
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            return True
        end = info.header_offset + _LOCAL_HEADER_BYTES + info.compress_size
    return False


def _name(info: zipfile.ZipInfo) -> str:
    """The name as its writer meant it: `zipfile` takes every name without the mark for UTF-8 for code page 437."""
    if info.flag_bits & _UTF8_NAME:
        return info.orig_filename
    return decode(info.orig_filename.encode("cp437"))


def _is_left_behind(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return "__MACOSX" in parts[:-1] or parts[-1].startswith("._") or parts[-1].lower() in _LEFT_BEHIND


def _bomb(holds: str) -> Unprocessable:
    return Unprocessable(
        "archive.bomb",
        f"Arkivet innehåller {holds}, och inget av det har tagits in. Dela upp det i mindre arkiv. "
        "(The archive unpacks to more than is allowed.)",
    )
