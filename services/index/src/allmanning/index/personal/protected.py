"""The names on an authority's own list, such as those of persons with protected identity."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from allmanning.index.fold import folded
from allmanning.index.personal.found import PROTECTED_NAME, Found

_WORD: Final = re.compile(r"[^\W\d_]+")
_PARTICLES: Final = frozenset({"von", "af", "de", "van", "der", "da", "al", "el", "bin", "ben"})
# Other names between the first and the last, as in "Anna Maria Lovisa Svensson".
_MOST_BETWEEN: Final = 2


@dataclass(frozen=True, slots=True)
class _Word:
    said: str
    start: int
    end: int

    def says(self, word: str) -> bool:
        # Swedish genitive: Svenssons.
        return self.said in {word, word + "s"}


class ProtectedNames:
    """Finds a given name beside the last name, in any order, whatever the case, with hyphens or without."""

    def __init__(self, names: Iterable[str]) -> None:
        """Each is given names and a last name, or "Last, First". One word alone is left out: it is everybody's."""
        self._by_last: dict[str, list[tuple[Sequence[str], ...]]] = defaultdict(list)
        for name in names:
            last, comma, first = name.partition(",")
            written = f"{first} {last}" if comma else name
            parts = [_WORD.findall(folded(part)) for part in written.split()]
            parts = [part for part in parts if part and not (len(part) == 1 and part[0] in _PARTICLES)]
            if len(parts) > 1:
                self._by_last[parts[-1][-1]].append(tuple(parts[:-1]))

    def __bool__(self) -> bool:
        return bool(self._by_last)

    def find(self, text: str) -> Iterator[Found]:
        """Every place of a name on the list."""
        if not self._by_last:
            return
        words = [_Word(folded(match[0]), match.start(), match.end()) for match in _WORD.finditer(text)]
        for at, word in enumerate(words):
            for last in {word.said, word.said.removesuffix("s")}:
                for given in self._by_last.get(last, ()):
                    place = _beside(words, at, given, text)
                    if place:
                        yield Found(PROTECTED_NAME, *place)


def _beside(words: Sequence[_Word], at: int, given: tuple[Sequence[str], ...], text: str) -> tuple[int, int] | None:
    """Where one of the given names stands within reach of the last name, in the same sentence."""
    reach = _MOST_BETWEEN + 2
    for other in (*range(at - 1, max(at - reach - 1, -1), -1), *range(at + 1, min(at + reach, len(words)))):
        for name in given:
            length = _length(words, other, name)
            if not length or other <= at < other + length:
                continue
            start = min(words[other].start, words[at].start)
            end = max(words[other + length - 1].end, words[at].end)
            if not re.search(r"[.!?;:]\s|\n\s*\n", text[start:end]):
                return start, end
    return None


def _length(words: Sequence[_Word], at: int, name: Sequence[str]) -> int:
    """How many words from `at` say the name, which has a word for each of its hyphenated parts; 0 for none."""
    if words[at].says("".join(name)):
        return 1
    following = words[at : at + len(name)]
    said = len(following) == len(name) and all(word.says(part) for word, part in zip(following, name, strict=True))
    return len(name) if said else 0
