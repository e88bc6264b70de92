"""What holds at a place in an RTF file, and which words change it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

SIGNS: Final = {
    "tab": "\t", "line": "\n", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•",
    "endash": "–", "emdash": "—", "emspace": " ", "enspace": " ", "qmspace": " ", "softline": "\n",
}  # fmt: skip
SYMBOLS: Final = {"~": "\u00a0", "_": "-", "-": "", "\\": "\\", "{": "{", "}": "}"}
PARAGRAPH_ENDS: Final = frozenset({"par", "sect", "page", "column"})
# What is told about the text, not text.
# fmt: off
DESTINATIONS: Final = frozenset({
    "fonttbl", "colortbl", "stylesheet", "info", "pict", "header", "footer", "headerl", "headerr", "headerf",
    "footerl", "footerr", "footerf", "object", "objdata", "fldinst", "list", "listtable", "listoverridetable",
    "rsidtbl", "generator", "xmlnstbl", "themedata", "colorschememapping", "datastore", "latentstyles", "revtbl",
    "filetbl", "pntext", "pn", "listtext", "nonshppict", "bkmkstart", "bkmkend", "xe", "tc", "tcn", "private",
    "template", "ftnsep", "ftnsepc", "aftnsep", "aftnsepc", "ftncn", "aftncn", "atnid", "atnauthor", "atnref",
    "atndate", "atnicn", "mmathPr", "sp", "docvar", "userprops", "operator", "author", "company", "keywords",
    "comment", "blipuid", "picprop", "shpinst",
})
# fmt: on
# Marked as to be skipped by old readers, and yet text.
SHOWN: Final = frozenset({"shptxt", "footnote", "listtext", "pntext", "fldrslt", "nesttableprops"})
SWITCHES: Final = {"v": "hidden", "deleted": "deleted", "b": "bold", "intbl": "in_table", "itap": "in_table"}
# Control word -> what it sets, and to what without a number.
NUMBERS: Final = {
    "cf": ("colour", 0),
    "highlight": ("behind", 0),
    "cb": ("behind", 0),
    "chcbpat": ("behind", 0),
    "fs": ("size", 24),
    "f": ("font", -1),
    "uc": ("skipped", 1),
    "outlinelevel": ("outline", 9),
}
BODY_LEVEL: Final = 9


@dataclass
class State:
    """What holds inside a group."""

    destination: str = ""
    within: str = ""
    hidden: bool = False
    deleted: bool = False
    bold: bool = False
    colour: int = 0
    behind: int = 0
    size: int = 24
    font: int = -1
    skipped: int = 1
    style: int = 0
    in_table: bool = False
    shaded: bool = False
    outline: int = BODY_LEVEL


@dataclass
class Line:
    """A paragraph while it is read, and the mark before it."""

    parts: list[str] = field(default_factory=list)
    mark: list[str] = field(default_factory=list)
    bold: list[bool] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
