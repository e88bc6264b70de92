"""Split Swedish and English text into sentences, keeping every character's place.

Ingest cuts passages between sentences and generate quotes whole sentences, so both must see the same ones.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

# Followed by more of the same sentence, whatever letter comes next.
_CONTINUING = """
t.ex bl.a d.v.s dvs s.k f.d f.n fr.o.m t.o.m p.g.a pga m.a.o i.s.f t.v t.f a.a kl kap nr dnr tel ca c:a inkl exkl resp
jfr prop bet dir bil avd art par fig tab sid enl ev eg max min obs ref tillf vol st stk mån tis ons tor fre jan feb mar
apr jun jul aug sep sept okt nov dec dr prof doc ing fil kand e.g i.e mr mrs ms no vs approx cf sec ch pp
"""
# May also be the last word: a capital letter after them starts a new sentence.
_POSSIBLY_LAST = "m.m m.fl etc osv o.s.v o.d o.dyl e.d e.dyl mm mfl f.kr e.kr a.m p.m inc ltd ab kr tkr mkr mnkr"
# A line that ends with one of these goes on in the next.
_HANGING = (
    "och eller men att som i på av för till med om vid från än är en ett den det de the of and or to in a for with"
)
_ALWAYS_CONTINUES = frozenset(_CONTINUING.split())
_MAY_END = frozenset(_POSSIBLY_LAST.split())
_HANGING_WORDS = frozenset(_HANGING.split())

_BULLET = re.compile(r"\s*(?:[-*•‣▪–—]\s+|\(?\d{1,2}[.)]\s+|\(?[a-zåäö]\)\s+)")
# A heading, a quotation, or a table row ("| a | b |" or "a | b").
_BLOCK_LINE = re.compile(r"\s*(?:#{1,6}\s|\||>)|[^\n|]*\s\|\s")
# The end of a sentence: its mark, closing quotes or brackets, and citation numbers that belong to it.
_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?:[ \t]*\[\d{1,3}\])*(?=\s|$)")
_WORD_BEFORE = re.compile(r"[^\s(\[\"”»]+$")
# Wider lines are paragraphs on a line of their own, not lines that a page width has broken.
_WIDEST_WRAPPED_LINE = 120


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans (start, end), end exclusive, of the sentences of `text`, in order, without surrounding white space.

    Headings, list items (with their marker) and table rows are sentences of their own. Lines that were broken to fit a
    page width are joined. Only white space is left outside the spans.
    """
    return [span for start, end in _blocks(text) for span in _split(text, start, end)]


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Runs of lines that belong together."""
    lines = [(match.start(), match.end()) for match in re.finditer(r"[^\r\n\f\v\u2028\u2029]+", text)]
    lines = [(start, end) for start, end in lines if text[start:end].strip()]
    if not lines:
        return
    width = _wrap_width(text, lines)
    block_start, block_end = lines[0]
    for (start, end), (next_start, next_end) in itertools.pairwise(lines):
        if width and _continues(text, start, end, next_start, next_end, width):
            block_end = next_end
            continue
        yield block_start, block_end
        block_start, block_end = next_start, next_end
    yield block_start, block_end


def _wrap_width(text: str, lines: list[tuple[int, int]]) -> int:
    """The page width that broke the lines, or 0 when line breaks mean something."""
    width = max(len(text[start:end].rstrip()) for start, end in lines)
    if width > _WIDEST_WRAPPED_LINE or len(lines) < 2:
        return 0
    pairs = [pair for pair in itertools.pairwise(lines) if not _paragraph_break(text[pair[0][1] : pair[1][0]])]
    full = sum(_is_full(text, start, end, following, width) for (start, end), (following, _) in pairs)
    return width if full >= max(1, len(pairs) / 2) else 0


def _continues(text: str, start: int, end: int, next_start: int, next_end: int, width: int) -> bool:
    if _paragraph_break(text[end:next_start]):
        return False
    following = text[next_start:next_end]
    if _BULLET.match(following) or _BLOCK_LINE.match(following) or _BLOCK_LINE.match(text[start:end]):
        return False
    if following.lstrip()[:1].islower() or _is_full(text, start, end, next_start, width):
        return True
    return text[start:end].rsplit(maxsplit=1)[-1].lower() in _HANGING_WORDS


def _is_full(text: str, start: int, end: int, following: int, width: int) -> bool:
    """The first word of the next line would not have fitted on this one."""
    word = re.match(r"\s*(\S+)", text[following:])
    return len(text[start:end].rstrip()) + 1 + (len(word.group(1)) if word else 0) > width - 2


def _paragraph_break(gap: str) -> bool:
    return gap.replace("\r\n", "\n").replace("\r", "\n").count("\n") > 1 or any(mark in gap for mark in "\f\v\u2029")


def _split(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    bullet = _BULLET.match(text, start, end)
    begin, position = start, bullet.end() if bullet else start
    if not _BLOCK_LINE.match(text, start, end):
        while mark := _END.search(text, position, end):
            position = mark.end()
            if position < end and _is_end(text, begin, mark, end):
                yield _stripped(text, begin, position)
                begin = position
    if text[begin:end].strip():
        yield _stripped(text, begin, end)


def _is_end(text: str, begin: int, mark: re.Match[str], end: int) -> bool:
    following = text[mark.end() : end].lstrip().lstrip("\"'”’»([–-* ")
    if not following or following[0].islower():
        return False
    if not mark.group().startswith(".") or mark.group().startswith(".."):
        return True
    before = _WORD_BEFORE.search(text, begin, mark.start())
    if before is None:
        return True
    word = before.group().lower()
    if word in _ALWAYS_CONTINUES:
        return False
    if word in _MAY_END:
        return not following[0].isdigit()
    # An initial, as in "A. Svensson", or the number of a list item inside a line.
    single = len(word) == 1 and before.group().isupper() and before.group().isalpha()
    return not (single and mark.group() == ".")


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))
