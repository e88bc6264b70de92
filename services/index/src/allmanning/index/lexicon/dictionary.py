"""The Swedish spelling dictionary that ships inside the `spylls` wheel, read for its words.

*Den stora svenska ordlistan* by Göran Andersson, LGPL-3, in Hunspell's format: a list of words with flags, and for each
flag the endings it allows. The same files are Debian's hunspell-sv 7.5. Only what search needs is read: suffixes, and
which forms may begin or end a compound.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

# What the flags of sv_SE.aff mean.
BEGINS, MIDDLE, ENDS, ONLY_IN_COMPOUND, LINKS, INCOMPLETE, FORBIDDEN = "X", "U", "Y", "Z", "W", "¤", "%"


class DictionaryError(Exception):
    """The dictionary is not installed."""


@dataclass(frozen=True, slots=True)
class Form:
    """One written form of a word, in lower case."""

    text: str
    lemma: str
    word: bool
    """Stands alone."""
    begins: bool
    """Begins a compound as it is, with its linking letter ("kommun-s-")."""
    ends: bool
    """Ends a compound."""


@dataclass(frozen=True, slots=True)
class _Suffix:
    strip: str
    add: str
    flags: str
    condition: re.Pattern[str] | None


def installed() -> Path:
    """Folder of sv_SE.aff and sv_SE.dic. The package itself is not imported."""
    spec = find_spec("spylls")
    if spec is None or spec.origin is None:
        raise DictionaryError("the package spylls, which carries the dictionary, is not installed")
    return Path(spec.origin).parent / "hunspell" / "data" / "sv"


def forms(folder: Path) -> Iterator[Form]:
    """Every form of every word; a form may come several times, of several words."""
    suffixes = _suffixes((folder / "sv_SE.aff").read_text(encoding="utf-8"))
    for line in (folder / "sv_SE.dic").read_text(encoding="utf-8").splitlines()[1:]:
        written, _, flags = line.split("\t")[0].split(" ")[0].partition("/")
        if not written or FORBIDDEN in flags or any(letter.isdigit() for letter in written):
            continue
        lemma = written.lower().strip("-")
        if len(lemma) < 2:
            continue
        alone = ONLY_IN_COMPOUND not in flags
        begins = BEGINS in flags or MIDDLE in flags or written.endswith("-")
        yield Form(lemma, lemma, alone, begins, ENDS in flags)
        for suffix in (each for flag in flags for each in suffixes.get(flag, ())):
            if not lemma.endswith(suffix.strip) or (suffix.condition and not suffix.condition.search(lemma)):
                continue
            text = (lemma[: len(lemma) - len(suffix.strip)] + suffix.add).strip("-")
            whole = ONLY_IN_COMPOUND not in suffix.flags
            yield Form(
                text,
                lemma,
                word=alone and whole and INCOMPLETE not in suffix.flags,
                begins=LINKS in suffix.flags,
                ends=ENDS in flags and whole,
            )


def _suffixes(rules: str) -> Mapping[str, Sequence[_Suffix]]:
    found: dict[str, list[_Suffix]] = defaultdict(list)
    for line in rules.splitlines():
        fields = line.split("#")[0].split()
        if len(fields) < 5 or fields[0] != "SFX":
            continue
        _, flag, strip, add, condition = fields[:5]
        ending, _, flags = add.partition("/")
        found[flag].append(
            _Suffix(
                strip="" if strip == "0" else strip,
                add="" if ending == "0" else ending,
                flags=flags,
                condition=None if condition == "." else re.compile(f"(?:{condition})$"),
            )
        )
    return found
