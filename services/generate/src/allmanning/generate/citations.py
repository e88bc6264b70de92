"""Number what an answer rests on, and quote it."""

from __future__ import annotations

from collections.abc import Sequence

from allmanning.contracts.access.v1.access_pb import Secrecy
from allmanning.contracts.generate.v1.generate_pb import Citation
from allmanning.contracts.passage.v1.passage_pb import Passage, ScoredPassage
from allmanning.generate.draft import DraftSentence, Quote
from allmanning.generate.support.verbatim import squeezed
from allmanning.generate.support.verdict import VERBATIM, Verdict, context_of, verdict
from allmanning.generate.untrusted import dictated


class Citations:
    """The sources of one answer, numbered from 1 in the order in which they are first cited."""

    def __init__(self, passages: Sequence[ScoredPassage]) -> None:
        self._passages = passages
        self._numbers: dict[tuple[str, int, int], int] = {}
        self._cited: list[Citation] = []

    @property
    def all(self) -> Sequence[Citation]:
        """Every citation so far, by number."""
        return self._cited

    def verdict_of(self, sentence: DraftSentence) -> Verdict:
        """What the checks say of the sentence: the verdict that it came with, or what its words tell."""
        if sentence.verdict is not None:
            return sentence.verdict
        passages = [self._passage(quote) for quote in sentence.quotes]
        if not passages or None in passages:
            return Verdict(0.0, failed=("citation",))
        quoted = self.quoted(sentence)
        if dictated(sentence.text, quoted):
            return Verdict(0.0, failed=("dictated",))
        if sentence.pieces:
            whole = all(squeezed(piece) in squeezed(quoted) for piece in sentence.pieces)
            return Verdict(VERBATIM, containment=1.0) if whole else Verdict(0.0, failed=("pieces",))
        return verdict(sentence.text, quoted, "\n".join(context_of(passage) for passage in passages if passage))

    def support_of(self, sentence: DraftSentence) -> float:
        """How well the quotes carry the sentence, 0..1; 0 when one of them is not among the passages."""
        return self.verdict_of(sentence).support

    def quoted(self, sentence: DraftSentence) -> str:
        """The texts that the sentence cites, a line each; those that are not among the passages are left out."""
        found = [(self._passage(quote), quote) for quote in sentence.quotes]
        return "\n".join(passage.text[quote.start : quote.end] for passage, quote in found if passage is not None)

    def highest_secrecy(self, sentences: Sequence[DraftSentence]) -> Secrecy:
        """The strictest class among what the sentences cite; unknown counts as secret."""
        found = {
            (passage.document.secrecy if passage and passage.document else Secrecy.UNSPECIFIED) or Secrecy.SECRET
            for sentence in sentences
            for passage in map(self._passage, sentence.quotes)
        }
        return max(found, default=Secrecy.SECRET)

    def retrieved_secrecy(self) -> Secrecy:
        """The strictest class among all that was found; unknown when that of any passage is."""
        found = {
            each.passage.document.secrecy if each.passage and each.passage.document else Secrecy.UNSPECIFIED
            for each in self._passages
        }
        return Secrecy.UNSPECIFIED if Secrecy.UNSPECIFIED in found else max(found, default=Secrecy.UNSPECIFIED)

    def cite(self, sentence: DraftSentence) -> list[Citation]:
        """The citations of one sentence, best first."""
        carried = self.support_of(sentence)
        cited = []
        for quote in sentence.quotes:
            passage = self._passage(quote)
            if passage is None:
                continue
            start, end = _in_document(passage, quote)
            key = (passage.id, start, end)
            if key not in self._numbers:
                self._numbers[key] = len(self._numbers) + 1
                self._cited.append(
                    Citation(number=self._numbers[key], passage=passage, quote=passage.text[start:end], support=carried)
                )
            cited.append(self._cited[self._numbers[key] - 1])
        return cited

    def places(self, sentence: DraftSentence) -> list[tuple[Passage, int, int]]:
        """The passages that a sentence quotes, and from where to where in their text."""
        found = [(self._passage(quote), quote) for quote in sentence.quotes]
        return [(passage, *_in_document(passage, quote)) for passage, quote in found if passage is not None]

    def _passage(self, quote: Quote) -> Passage | None:
        if not 0 <= quote.passage < len(self._passages):
            return None
        passage = self._passages[quote.passage].passage
        return passage if passage is not None and 0 <= quote.start < quote.end <= len(passage.text) else None


def said(sentence: DraftSentence, citations: Sequence[Citation], *, first: bool, after_block: bool) -> str:
    """The sentence as it leaves: with its separator before it and its numbers after it."""
    gap = "" if first else "\n" if sentence.block or after_block else " "
    numbers = "".join(f"[{each.number}]" for each in citations)
    return f"{gap}{sentence.text} {numbers}"


def _in_document(passage: Passage, quote: Quote) -> tuple[int, int]:
    """The part of a quote that stands at the passage's own place.

    Ingest repeats a list's lead-in or a table's header before a passage where they go on; a reader who follows the
    citation would not find the repeated words there.
    """
    location = passage.location
    length = location.end - location.start if location else 0
    body = len(passage.text) - length if 0 < length < len(passage.text) else 0
    if quote.start < body < quote.end:
        return body, quote.end
    return quote.start, quote.end
