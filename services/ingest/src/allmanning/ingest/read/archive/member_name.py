"""The name that a container gives a file: whether it may be taken in, and what of the name may be shown."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Final

from allmanning.ingest.read.document import clean
from allmanning.ingest.read.hidden_characters import seen

LONGEST: Final = 200
_LONGEST_SUFFIX: Final = 12
_DRIVE: Final = re.compile(r"[A-Za-z]:")
_UNFIT: Final = re.compile(r'[<>:"|?*]+')


def climbs(name: str) -> bool:
    """Whether a name points out of its container: absolute, with a drive, or up."""
    written = name.replace("\\", "/")
    return written.startswith("/") or bool(_DRIVE.match(written)) or ".." in written.split("/")


def shown(name: str, otherwise: str = "namnlös") -> str:
    """A name as people may see it: one line, nothing invisible, at most 200 characters, never empty.

    Its folders stay as long as it is short enough; its extension, which tells what it is, always does.
    """
    parts = [_fit(part) for part in name.replace("\\", "/").split("/")]
    folders, last = [part for part in parts[:-1] if part.strip(". ")], parts[-1]
    return _fitting("/".join([*folders, last if last.strip("._ ") else otherwise]), LONGEST)


class Names:
    """The names of one container's members, no two alike."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def unique(self, name: str) -> str:
        """`name`, with a number before its extension when it is taken: "plan (2).pdf"."""
        stem, suffix = _divided(name)
        found, number = name, 1
        # Neither file systems nor people tell "Plan.pdf" from "plan.pdf".
        while found.casefold() in self._taken:
            number += 1
            mark = f" ({number}){suffix}"
            found = _fitting(stem, LONGEST - len(mark)) + mark
        self._taken.add(found.casefold())
        return found


def _fit(part: str) -> str:
    return "".join(each if each.isprintable() else "_" for each in _UNFIT.sub("_", seen(clean(part))))


def _divided(name: str) -> tuple[str, str]:
    suffix = PurePosixPath(name).suffix
    return (name.removesuffix(suffix), suffix) if suffix and len(suffix) <= _LONGEST_SUFFIX else (name, "")


def _fitting(name: str, longest: int) -> str:
    if len(name) <= longest:
        return name
    stem, suffix = _divided(name.rsplit("/", 1)[-1])
    return stem[: longest - len(suffix)].rstrip() + suffix
