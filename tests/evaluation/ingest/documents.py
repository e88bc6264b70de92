"""How well documents are read: `python -m tests.evaluation.ingest.documents [FOLDER]`.

Three shares, for each folder of `../shared/data/documents` and for all: documents with the right title, sentences under
the right headings, sentences on the right page. Titles and headings are those of `documents.jsonl`, written by a person
who looked at the documents. The page is the one on which pypdf, another library, finds the sentence.
"""

from __future__ import annotations

import json
import logging
import random
import re
import sys
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from pypdf import PdfReader

from allmanning.ingest.passages import Size, pieces
from allmanning.ingest.read.document import Extract
from allmanning.ingest.read.media_type import media_type_of
from allmanning.ingest.read.original import Original
from allmanning.ingest.read.reader import read
from allmanning.runtime.errors import PlatformError

DOCUMENTS: Final = Path(__file__).parents[4] / "shared" / "data" / "documents"
TRUTH: Final = Path(__file__).with_suffix(".jsonl")
_SENTENCES_A_PAGE: Final = 3
# The end of a sentence: what stands before it on the page may be its header.
_SENTENCE: Final = re.compile(r"(?:[^\W\d_]{2,},?\s+){6,12}[^\W\d_]{2,}[.!?](?=\s|$)")


class Share(NamedTuple):
    right: int = 0
    asked: int = 0

    def plus(self, right: bool) -> Share:
        return Share(self.right + right, self.asked + 1)

    def __str__(self) -> str:
        return f"{self.right / self.asked:.3f} ({self.right}/{self.asked})" if self.asked else "-"


def bare(text: str) -> str:
    """What is compared: letters and figures, in small letters."""
    return "".join(character for character in text.casefold() if character.isalnum())


def extracted(path: Path) -> Extract:
    with TemporaryDirectory() as workspace:
        return read(Original(path, path.name, media_type_of(path.name, path), workspace=Path(workspace)))


def headings_of(extract: Extract, says: str) -> tuple[str, ...] | None:
    """The headings above the passage that says this; None when no passage does."""
    sought = bare(says)
    for piece in pieces(extract, Size()):
        if sought in bare(extract.text[piece.start : piece.end]):
            return tuple(bare(heading) for heading in piece.headings)
    return None


def sentences_by_page(path: Path, chance: random.Random) -> Iterator[tuple[int, str]]:
    """Random sentences of a PDF that stand on one of its pages only, as pypdf reads them."""
    pages = [page.extract_text() for page in PdfReader(path).pages]
    everywhere = bare(" ".join(pages))
    for number, page in enumerate(pages, start=1):
        found = [bare(each) for each in _SENTENCE.findall(page)]
        found = [each for each in found if everywhere.count(each) == 1]
        for sentence in chance.sample(found, min(_SENTENCES_A_PAGE, len(found))):
            yield number, sentence


def page_of(extract: Extract, sentence: str) -> int | None:
    """The page of the line on which the sentence begins; None when the text does not say it."""
    places = [index for index, character in enumerate(extract.text) for _ in bare(character)]
    at = bare(extract.text).find(sentence)
    if at < 0:
        return None
    start = places[at]
    box = bisect_right(extract.boxes, start, key=lambda box: box.start) - 1
    return extract.boxes[box].page if box >= 0 else None


def main() -> None:
    # It tells of every font that it can't read.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else DOCUMENTS
    if not root.is_dir():
        sys.exit(f"no documents in {root}")
    truth = {entry["file"]: entry for entry in map(json.loads, TRUTH.read_text(encoding="utf-8").splitlines())}
    shares: dict[str, dict[str, Share]] = defaultdict(lambda: defaultdict(Share))
    chance = random.Random(1)
    for path in sorted(path for path in root.rglob("*") if path.is_file() and path.parent != root):
        name = str(path.relative_to(root))
        known = truth.get(name, {"paths": []})
        try:
            extract = extracted(path)
        except PlatformError as error:
            print(f"{name}: {error.code}")
            extract = Extract("", "", ())
        for folder in (path.parent.name, "all"):
            count = shares[folder]
            if "title" in known:
                count["title"] = count["title"].plus(bare(extract.title) == bare(known["title"]))
        if "title" in known and bare(extract.title) != bare(known["title"]):
            print(f"{name}: title {extract.title!r}")
        for entry in known["paths"]:
            found = headings_of(extract, entry["says"])
            right = found == tuple(map(bare, entry["headings"]))
            for folder in (path.parent.name, "all"):
                shares[folder]["headings"] = shares[folder]["headings"].plus(right)
            if not right:
                print(f"{name}: {entry['says']!r} under {found}")
        if path.suffix == ".pdf":
            for page, sentence in sentences_by_page(path, chance):
                found_on = page_of(extract, sentence)
                for folder in (path.parent.name, "all"):
                    shares[folder]["page"] = shares[folder]["page"].plus(found_on == page)
                if found_on != page:
                    print(f"{name}: page {page}, found on {found_on}: {sentence[:60]}")
    for folder in sorted(shares, key=lambda folder: (folder == "all", folder)):
        print(f"{folder:20} " + "  ".join(f"{what} {shares[folder][what]}" for what in ("title", "headings", "page")))


if __name__ == "__main__":
    main()
