"""The typeface as browsers should get it: the characters that pages are written in, in WOFF2 (W3C, 2024).

`font-source-sans-pro` carries whole OpenType files, 230 kB a weight; these are 20 kB. Made once, at installation
(`python -m allmanning.gateway.typeface`) or at the first start, and kept in the cache. Letters outside the range, such
as Arabic or Ukrainian ones, are the reader's own system's.
"""

from __future__ import annotations

import hashlib
import logging
import sys
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Final

from allmanning.gateway.pdf import faces
from allmanning.runtime.artefact import default_cache, made_once

WEIGHTS: Final = ("Regular", "Semibold")
# Basic Latin, Latin-1 and Latin Extended-A (every Swedish, Finnish, Sami, Polish letter), dashes, quotes, euro, minus.
_CHARACTERS: Final = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    *range(0x2010, 0x2028),
    *range(0x2030, 0x203B),
    0x20AC,
    0x2192,
    0x2212,
)
_FEATURES: Final = ("kern", "liga", "mark", "ccmp", "locl", "tnum")

log = logging.getLogger(__name__)


def folder() -> Path:
    """Where the files lie, made when missing; named after all that they are made from.

    Raises `OSError` when the cache cannot be written.
    """
    made_from = f"{version('font-source-sans-pro')} {version('fonttools')} {_CHARACTERS} {_FEATURES} {WEIGHTS}"
    return made_once(default_cache() / f"typeface-{hashlib.sha256(made_from.encode()).hexdigest()[:16]}", _make)


def served() -> Path | None:
    """`folder`, or nothing where it cannot be made: then pages are read in the system's own typeface."""
    try:
        return folder()
    except OSError as error:
        log.warning("pages go without their typeface, the cache cannot be written: %s", error)
        return None


def _make(draft: Path) -> None:
    from fontTools import subset  # type: ignore[import-untyped]

    whole = Path(str(files("font_source_sans_pro") / "files"))
    options = subset.Options(flavor="woff2", layout_features=list(_FEATURES), hinting=False, desubroutinize=True)
    for weight in WEIGHTS:
        font = subset.load_font(str(whole / f"SourceSansPro-{weight}.otf"), options)
        cut = subset.Subsetter(options)
        cut.populate(unicodes=_CHARACTERS)
        cut.subset(font)
        subset.save_font(font, str(draft / f"SourceSansPro-{weight}.woff2"), options)


if __name__ == "__main__":
    sys.stdout.write(f"{folder()}\n{faces.folder()}\n")
