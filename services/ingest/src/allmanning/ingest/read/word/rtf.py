"""Rich Text Format."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from typing import Final

from allmanning.ingest.read import finding
from allmanning.ingest.read.by_hand import read_by_hand
from allmanning.ingest.read.document import Block, Extract, Kind, assemble, clean, first_heading, table_block
from allmanning.ingest.read.hidden import Hidden
from allmanning.ingest.read.length import Allowance
from allmanning.ingest.read.original import Original
from allmanning.ingest.read.word.rtf_state import (
    BODY_LEVEL,
    DESTINATIONS,
    NUMBERS,
    PARAGRAPH_ENDS,
    SHOWN,
    SIGNS,
    SWITCHES,
    SYMBOLS,
    Line,
    State,
)
from allmanning.ingest.read.word.rtf_tables import Tables
from allmanning.ingest.read.word.rtf_tokens import Token, tokens

_DEEPEST: Final = 500


def read_rtf(original: Original) -> Extract:
    """Read RTF: headings by style or outline level, lists with their marks, tables, footnotes, without hidden text."""
    reading = _Reading()
    blocks = read_by_hand(reading.blocks(original.data))
    title = first_heading(blocks, 5)
    return assemble(blocks, title=title or clean(reading.title), findings=reading.hidden.findings())


class _Reading:
    def __init__(self) -> None:
        self.hidden = Hidden()
        self.title = ""
        self._allowance = Allowance()
        self._tables = Tables()
        self._style_name: list[str] = []
        self._state = State()
        self._above: list[State] = []
        self._line = Line()
        self._lines: list[Line] = []
        self._pending = b""
        self._to_skip = 0
        self._ignorable = False
        self._cell: list[str] = []
        self._row: list[str] = []
        self._rows: list[list[str]] = []
        self._after: list[Block] = []
        self._comment: list[str] = []

    def blocks(self, data: bytes) -> Iterator[Block]:
        opened = False
        for token in tokens(data):
            if token.kind == "bytes":
                self._bytes(token.data)
                opened = False
                continue
            self._flush()
            if token.kind == "open":
                self._open()
            elif token.kind == "close":
                yield from self._close()
            elif token.kind == "sign":
                if token.word == "*":
                    self._ignorable = opened
                elif token.word in SYMBOLS:
                    self._say(SYMBOLS[token.word])
                elif token.word in "\r\n":
                    yield from self._paragraph_end()
            else:
                yield from self._word(token)
            opened = token.kind == "open"
        self._flush()
        yield from self._paragraph_end()
        yield from self._table_end()

    def _open(self) -> None:
        if len(self._above) > _DEEPEST:
            raise ValueError("too deep")
        self._above.append(copy(self._state))
        self._ignorable = False

    def _close(self) -> Iterator[Block]:
        if not self._above:
            return
        closed, self._state = self._state, self._above.pop()
        if closed.destination == self._state.destination:
            return
        if closed.destination == "note" and self._lines:
            note, self._line = self._line, self._lines.pop()
            self._line.notes.append("".join(note.parts))
        elif closed.destination == "annotation":
            self.hidden.note(finding.HIDDEN_COMMENT, "".join(self._comment))
            self._comment = []
        elif closed.destination == "shptxt":
            yield from self._paragraph_end()
        elif closed.destination == "stylesheet-entry":
            self._tables.name_style("".join(self._style_name), closed)
            self._style_name = []

    def _word(self, token: Token) -> Iterator[Block]:
        word, number = token.word, token.number
        state = self._state
        if word == "u" and number is not None:
            self._say(chr(number % 65_536))
            self._to_skip = state.skipped
        elif self._starts_destination(word):
            self._ignorable = False
        elif word in PARAGRAPH_ENDS:
            yield from self._paragraph_end(page=word != "par")
        elif word in ("cell", "nestcell"):
            self._cell_end()
        elif word in ("row", "nestrow"):
            if self._row:
                self._rows.append(self._row)
            self._row = []
        elif word in SIGNS:
            self._say(SIGNS[word])
        else:
            self._set(word, number)
        self._ignorable = False

    def _starts_destination(self, word: str) -> bool:
        state = self._state
        if state.destination in ("stylesheet", "stylesheet-entry") and word in ("s", "cs", "ds", "ts", "tsrowd"):
            return False
        if word == "upr":
            # The same twice: in the code page, and after `ud` in Unicode.
            state.destination, state.within = "upr", state.destination
            return True
        if word == "ud" and state.destination == "upr":
            state.destination = state.within
            return True
        if word in ("footnote", "annotation") and not state.destination:
            state.destination = "note" if word == "footnote" else "annotation"
            if word == "footnote":
                self._lines.append(self._line)
                self._line = Line()
                state.hidden = False
            return True
        if word == "shptxt":
            state.destination = "shptxt"
            return True
        if word == "title" and state.destination == "info":
            state.destination = "title"
            return True
        if word in ("listtext", "pntext") and not state.destination:
            state.destination = "mark"
            return True
        if word in DESTINATIONS or (self._ignorable and word not in SHOWN):
            # Inside a shape, its text follows.
            state.destination = word
            return True
        return False

    def _set(self, word: str, number: int | None) -> None:
        state = self._state
        if word in SWITCHES:
            setattr(state, SWITCHES[word], number != 0)
        elif word in NUMBERS:
            name, otherwise = NUMBERS[word]
            setattr(state, name, otherwise if number is None else number)
        elif word == "pard":
            state.style, state.in_table, state.outline, state.shaded = 0, False, BODY_LEVEL, False
        elif word == "plain":
            state.hidden = state.bold = state.deleted = False
            state.colour = state.behind = 0
            state.size = 24
        elif word in ("cbpat", "clcbpat"):
            state.shaded = state.shaded or bool(number)
        elif word == "s":
            state.style = number or 0
            if state.destination == "stylesheet":
                state.destination = "stylesheet-entry"
        else:
            self._tables.set(word, number, state)

    def _bytes(self, data: bytes) -> None:
        if self._to_skip:
            # What a reader that does not know Unicode would show instead.
            skipped = min(self._to_skip, len(data))
            self._to_skip -= skipped
            data = data[skipped:]
        self._pending += data

    def _flush(self) -> None:
        self._to_skip = 0 if self._pending else self._to_skip
        if not self._pending:
            return
        state = self._state
        if state.destination == "colortbl":
            self._tables.end_colours(self._pending.count(b";"))
        else:
            self._say(self._pending.decode(self._tables.encoding_of(state.font), errors="replace"))
        self._pending = b""

    def _say(self, text: str) -> None:
        state = self._state
        if state.destination == "stylesheet-entry":
            self._style_name.append(text)
        elif state.destination == "stylesheet":
            # Style 0 does not give its number.
            return
        elif state.destination == "title":
            self.title += text
        elif state.destination == "annotation":
            self._comment.append(text)
        elif state.destination == "mark":
            self._line.mark.append(text)
        elif state.destination in ("", "note", "shptxt"):
            code = self._tables.hidden_code(self._state) if text.strip() else None
            if code:
                self.hidden.note(code, text)
            elif not state.deleted:
                self._allowance.take(len(text))
                self._line.parts.append(text)
                if text.strip():
                    self._line.bold.append(state.bold)

    def _paragraph_end(self, *, page: bool = False) -> Iterator[Block]:
        if self._state.destination not in ("", "note", "shptxt", "mark"):
            return
        if self._state.destination == "note":
            self._line.parts.append(" ")
            return
        if self._state.in_table and not page:
            self._cell += self._texts_of_line()
            return
        if not self._line.parts and not self._line.notes and page:
            return
        yield from self._table_end()
        block = self._block()
        if block:
            yield block
        yield from self._notes()
        self._line = Line()

    def _block(self) -> Block | None:
        text = clean(_joined(self._line.parts))
        if not text:
            return None
        mark = clean(_joined(self._line.mark))
        level = (
            self._state.outline + 1
            if self._state.outline < BODY_LEVEL
            else self._tables.levels.get(self._state.style, 0)
        )
        if level:
            numbered = mark if any(map(str.isalnum, mark)) else ""
            return Block(Kind.HEADING, f"{numbered} {text}".strip(), min(6, level))
        if mark:
            return Block(Kind.LIST_ITEM, f"{mark if any(map(str.isalnum, mark)) else '-'} {text}")
        bold = bool(self._line.bold) and all(self._line.bold)
        return Block(Kind.PARAGRAPH, text, level=1 if bold else 0)

    def _texts_of_line(self) -> list[str]:
        text = clean(_joined([*self._line.mark, " ", *self._line.parts]))
        self._after += self._notes()
        self._line = Line()
        return [text] if text else []

    def _notes(self) -> Iterator[Block]:
        return (Block(Kind.FOOTNOTE, _joined([note])) for note in self._line.notes if clean(note))

    def _cell_end(self) -> None:
        self._cell += self._texts_of_line()
        self._row.append(" ".join(self._cell))
        self._cell = []

    def _table_end(self) -> Iterator[Block]:
        rows = [*self._rows, [*self._row, *self._cell]] if self._row or self._cell else self._rows
        self._rows, self._row, self._cell = [], [], []
        if max((len(row) for row in rows), default=0) == 1:
            # A frame around text, not a table.
            yield from (Block(Kind.PARAGRAPH, cell) for row in rows for cell in row if cell)
        else:
            table = table_block(rows)
            if table:
                yield table
        yield from self._after
        self._after = []


def _joined(parts: list[str]) -> str:
    """The text; characters outside the basic plane were written as two."""
    return "".join(parts).encode("utf-16-le", "surrogatepass").decode("utf-16-le", errors="replace")
