"""How much of each format's text is read, beside plain `unstructured`: `python -m tests.evaluation.ingest.docling`.

Docling's test files come with the text they hold as Markdown. Words recovered in order are the longest common
subsequence of the words of both; recall is its share of the words that are there, precision of those that were read.
"""

from __future__ import annotations

import argparse
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import NamedTuple

from rapidfuzz.distance import LCSseq

from allmanning.ingest.read import offline
from allmanning.ingest.read.document import Extract
from tests.unit.ingest.files import read_bytes

FILES = Path(__file__).parents[4] / "shared/data/torture/docling/tests/data"
_MARKS = re.compile(r"<!--.*?-->|\]\([^)]*\)", re.DOTALL)
_ESCAPE = re.compile(r"\\(?=[_*#|<>~`\[\]])")
# What a library writes after a date, and no spreadsheet shows.
_MIDNIGHT = re.compile(r" 00:00:00\b")
_WORD = re.compile(r"\w+")


class Score(NamedTuple):
    """Words in the right order, of those that are there and of those that were read."""

    common: int
    there: int
    read: int

    @property
    def recall(self) -> float:
        return self.common / self.there if self.there else 1.0

    @property
    def precision(self) -> float:
        return self.common / self.read if self.read else 1.0


def score(truth: str, text: str) -> Score:
    """Compare a text with what the file holds."""
    there, read = words(_ESCAPE.sub("", _MARKS.sub(" ", unescape(truth)))), words(text)
    return Score(int(LCSseq.similarity(there, read)), len(there), len(read))


def words(text: str) -> list[str]:
    return _WORD.findall(_MIDNIGHT.sub("", text.lower()))


def ours(path: Path) -> str:
    extract: Extract = read_bytes(path.read_bytes(), path.name)
    return extract.text


def plain_unstructured(path: Path) -> str:
    from unstructured.partition.auto import partition

    offline.prepare()
    return "\n".join(element.text for element in partition(str(path), languages=["swe"]))


def judged() -> Iterator[tuple[Path, str]]:
    """The files and the texts they hold."""
    for truth in sorted(FILES.glob("*/groundtruth/*.md")):
        source = truth.parent.parent / "sources" / truth.stem
        if source.is_file():
            yield source, truth.read_text(encoding="utf-8")


def scored(read: Callable[[Path], str], path: Path, truth: str) -> Score | None:
    """None when the file was not read."""
    try:
        return score(truth, read(path))
    except Exception as error:  # noqa: BLE001 - whatever a baseline stumbles on, it has not read the file
        print(f"# {read.__name__} {path.name}: {str(error).splitlines()[0][:100] if str(error) else error!r}")
        return None


def total(scores: list[Score | None]) -> str:
    """Recall and precision over all files; an unread file counts in neither."""
    read = [each for each in scores if each]
    if not read:
        return "      -       "
    together = Score(*(sum(column) for column in zip(*read, strict=True)))
    return f"{together.recall:5.1%} {together.precision:6.1%} {len(read):2}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("formats", nargs="*", help="only these, such as docx xlsx")
    parser.add_argument("--files", action="store_true", help="a line for each file too")
    arguments = parser.parse_args()
    found: dict[str, list[tuple[Score | None, Score | None]]] = defaultdict(list)
    for path, truth in judged():
        kind = path.suffix[1:]
        if arguments.formats and kind not in arguments.formats:
            continue
        pair = scored(ours, path, truth), scored(plain_unstructured, path, truth)
        found[kind].append(pair)
        if arguments.files:
            print(f"{path.name:45} {total([pair[0]])} | {total([pair[1]])}")
    print(f"{'format':8} {'files':>5}  {'ours: recall, precision, read':>30}  {'plain unstructured':>20}")
    for kind, pairs in sorted(found.items()):
        mine, plain = (total(list(column)) for column in zip(*pairs, strict=True))
        print(f"{kind:8} {len(pairs):5}  {mine:>30}  {plain:>20}")


if __name__ == "__main__":
    main()
