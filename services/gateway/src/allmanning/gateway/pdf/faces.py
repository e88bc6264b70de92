"""The typefaces of a PDF, and the characters that they have."""

from __future__ import annotations

import hashlib
import re
import shutil
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Final

from allmanning.runtime.artefact import default_cache, made_once

# Source Sans Pro has every Latin, Greek and Cyrillic letter; people in Sweden also ask in Arabic, Persian and Kurdish.
_FILES: Final = (
    ("font-source-sans-pro", "font_source_sans_pro", "SourceSansPro-Regular.ttf"),
    ("font-source-sans-pro", "font_source_sans_pro", "SourceSansPro-Semibold.ttf"),
    ("font-source-sans-pro", "font_source_sans_pro", "SourceSansPro-It.ttf"),
    ("fontpkg-noto-sans-arabic", "fontpkg_noto_sans_arabic", "NotoSansArabic[wdth,wght].ttf"),
)
# What shows nothing of itself: spaces, joiners, marks of direction.
_UNSEEN: Final = frozenset({*range(0x2000, 0x2010), *range(0x2028, 0x2030), 0x2060, *range(0xFE00, 0xFE10), 0xFEFF})


def folder() -> Path:
    """Where the files lie by themselves, so that the same ones are found each time. Raises `OSError`."""
    made_from = " ".join(f"{package} {version(package)} {name}" for package, _, name in _FILES)
    return made_once(default_cache() / f"pdf-faces-{hashlib.sha256(made_from.encode()).hexdigest()[:16]}", _make)


def _make(draft: Path) -> None:
    for _, module, name in _FILES:
        shutil.copyfile(str(files(module) / "files" / name), draft / name)


@cache
def _known() -> frozenset[int]:
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    found: set[int] = set()
    for each in sorted(folder().iterdir()):
        with TTFont(each, lazy=True) as font:
            found |= set(font.getBestCmap())
    return frozenset(found)


def with_known_characters(text: str) -> str:
    """`text` where a character that no typeface has is told by its number, `[U+1F642]`: nothing goes missing, and
    PDF/A allows no empty boxes (ISO 19005-2, 6.2.11.8).
    """
    text = "".join(each for each in text if ord(each) not in _UNSEEN or each in _SPACES)
    return text if text.isascii() else _NOT_ASCII.sub(_told, text)


_NOT_ASCII: Final = re.compile(r"[^\x00-\x7f]")
_SPACES: Final = frozenset("\u2002\u2003\u2009\u200c\u200d")


def _told(found: re.Match[str]) -> str:
    character = found.group()
    return character if ord(character) in _known() else f"[U+{ord(character):04X}]"
