"""A mail, whichever program wrote it: its head, its words and what was attached become an extract."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from allmanning.ingest.read.archive.member_name import Names, shown
from allmanning.ingest.read.document import Block, Extract, Kind, Member, assemble, clean
from allmanning.ingest.read.finding import MEMBER_REFUSED, Finding
from allmanning.ingest.read.plain.text import text_blocks
from allmanning.ingest.read.web.html import read_markup
from allmanning.runtime.errors import Unprocessable

# Letters of the plain text that the HTML must have to be the richer one; some programs send an empty shell.
_RICH_ENOUGH: Final = 0.6
_ADDRESS: Final = re.compile(r"https?://\S+")
_QUOTED: Final = re.compile(r"\s*>")
_QUOTE_MARKS: Final = re.compile(r"^\s*(?:>\s?)+")
# "Den 2 mars 2026 skrev Anna Andersson:", "On Mon, 2 Mar 2026 Anna wrote:"
_ATTRIBUTION: Final = re.compile(r".{0,200}\b(?:skrev|wrote)\b.{0,120}:\s*\Z", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Letter:
    """`head` is pairs such as ("Från", "Anna <anna@exempelby.se>"). Either body may be empty."""

    subject: str
    head: Sequence[tuple[str, str]] = ()
    text: str = ""
    markup: str = ""


def extract_of_letter(letter: Letter, members: Sequence[Member], refused: int) -> Extract:
    """The extract of a mail: the head a line each, then the richer of its bodies."""
    head = [*letter.head, ("Ämne", letter.subject)]
    blocks = [Block(Kind.PARAGRAPH, f"{label}: {value}") for label, value in head if clean(value)]
    body, findings = _body(letter)
    if refused:
        findings.append(Finding(MEMBER_REFUSED, count=refused))
    return assemble([*blocks, *body], title=letter.subject, members=members, findings=findings)


class Attachments:
    """Writes what a mail carries into the workspace, under names of our own."""

    def __init__(self, workspace: Path) -> None:
        self._workspace = workspace
        self._names = Names()
        self.members: list[Member] = []
        self.refused = 0

    def add(self, name: str, data: bytes, otherwise: str = "bilaga") -> None:
        """Take one in; an empty one is nothing."""
        if not data:
            return
        path = self._workspace / f"member-{len(self.members)}"
        path.write_bytes(data)
        # A mail's attachment has no folders, whatever its name says.
        plain = shown(name, otherwise).rsplit("/", 1)[-1]
        self.members.append(Member(self._names.unique(plain), path, len(data)))

    def refuse(self) -> None:
        """Count one that can't be taken in."""
        self.refused += 1


def locked() -> Unprocessable:
    """The error for a mail that is encrypted."""
    return Unprocessable("document.encrypted", "Meddelandet är krypterat. (The message is encrypted.)")


def _body(letter: Letter) -> tuple[list[Block], list[Finding]]:
    plain = list(_plain_blocks(letter.text))
    if not letter.markup:
        return plain, []
    blocks, findings = read_markup(letter.markup)
    if _letters(blocks) < _RICH_ENOUGH * _letters(plain):
        return plain, findings
    return [_without_rank(block) for block in blocks], findings


def _letters(blocks: Sequence[Block]) -> int:
    # The plain body writes out addresses that the other has behind its words.
    return sum(sum(character.isalnum() for character in _ADDRESS.sub("", block.text)) for block in blocks)


def _without_rank(block: Block) -> Block:
    # The subject is the only title; what a writer makes large is below it.
    return Block(Kind.HEADING, block.text, max(2, block.level)) if block.kind is Kind.HEADING else block


def _plain_blocks(text: str) -> Iterator[Block]:
    """Paragraphs of a plain body. A greeting or a name on a line of its own is no heading."""
    for part in _newest_first(text):
        lines = [_QUOTE_MARKS.sub("", line) for line in part.split("\n")]
        for block in text_blocks("\n".join(lines)):
            yield Block(Kind.PARAGRAPH, block.text) if block.kind is Kind.HEADING else block


def _newest_first(text: str) -> list[str]:
    """The body, cut where quotation begins and ends; an answer below the whole quotation is put before it."""
    parts: list[list[str]] = []
    quoted: list[bool] = []
    for line in text.split("\n"):
        now = bool(_QUOTED.match(line)) or (bool(quoted) and quoted[-1] and not line.strip())
        if not parts or now is not quoted[-1]:
            parts.append([])
            quoted.append(now)
        parts[-1].append(line)
    texts = ["\n".join(part) for part in parts]
    if quoted == [True, False]:
        return [texts[1], texts[0]]
    if quoted == [False, True, False] and (not texts[0].strip() or _ATTRIBUTION.match(texts[0].strip())):
        return [texts[2], texts[0], texts[1]]
    return texts
