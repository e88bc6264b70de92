"""Which of the ranked candidates are said, and with which words around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from allmanning.contracts.passage.v1.passage_pb import ScoredPassage
from allmanning.generate.draft import DraftSentence, Quote
from allmanning.generate.extract.asked import Asked
from allmanning.generate.extract.candidates import Candidate, after_marker, plain
from allmanning.generate.extract.leaning import leans
from allmanning.generate.extract.particular import is_decided, is_example
from allmanning.generate.extract.ranking import Ranked
from allmanning.generate.extract.table import rows_beside, table
from allmanning.generate.extract.terms import terms
from allmanning.index.sentences import sentences

# Show sentence k while it is this likely, against the first: 1.6 sentences for a question of swequad-mc, .84 with its
# answer (.2: 1.4, .835).
_SHARE_OF_FIRST = 0.12
# Of another document than the first sentence's, which answers by itself about as well or not at all.
_SHARE_ELSEWHERE = 0.5
# Of a row, against the first: with less, not even ten rows together come to anything.
_LEAST_SHARE = 0.01
_SAME = 0.8
_LONGEST_LIST = 700


def selected(
    ranked: Sequence[Ranked], passages: Sequence[ScoredPassage], most: int, question: Asked
) -> list[DraftSentence]:
    """At most `most` sentences, best first, none that says the same as an earlier one; examples only if all are.

    A table whose rows the question does not tell apart is one of them.
    """
    chosen: list[DraftSentence] = []
    said: list[frozenset[str]] = []
    rules = [each for each in ranked if not is_example(each.candidate.text)]
    likely = _tables_whole(rules or ranked, question)
    for each in likely:
        if len(chosen) == most or (chosen and each.share < _SHARE_OF_FIRST * likely[0].share):
            break
        elsewhere = _document(each, passages) != _document(likely[0], passages)
        if chosen and elsewhere and each.share < _SHARE_ELSEWHERE * likely[0].share:
            continue
        if chosen and is_decided(each.candidate.said):
            # Somebody's own case adds nothing to the rule for all.
            continue
        sentence = _worded_for(question, each.candidate, ranked, passages)
        words = terms(sentence.text)
        if any(_overlap(words, earlier) >= _SAME for earlier in said) or _covered(sentence, chosen):
            continue
        chosen.append(sentence)
        said.append(words)
    return chosen


def _document(ranked: Ranked, passages: Sequence[ScoredPassage]) -> str:
    passage = passages[ranked.candidate.passage].passage
    return passage.document.id if passage and passage.document else ""


def _tables_whole(ranked: Sequence[Ranked], question: Asked) -> Sequence[Ranked]:
    """Best first, where a row has the share of all rows of its table, if the question does not tell them apart."""
    found = [each.candidate for each in ranked]
    share = {(each.candidate.passage, each.candidate.span): each.share for each in ranked}
    likely, tables = [], set()
    for each in ranked:
        if each.share < _LEAST_SHARE * ranked[0].share:
            break
        of_table = (each.candidate.passage, each.candidate.lead)
        # The best row tells whether the question fits the others as well.
        rows = _rows(each.candidate, found, question) if of_table not in tables else ()
        tables.add(of_table)
        together = sum(share[row.passage, row.span] for row in rows)
        likely.append(replace(each, share=max(each.share, together)))
    return [*sorted(likely, key=lambda each: -each.share), *ranked[len(likely) :]]


def _rows(candidate: Candidate, found: Sequence[Candidate], question: Asked) -> Sequence[Candidate]:
    if candidate.kind != "row":
        return ()
    return rows_beside(candidate, found, question)


def _worded_for(
    question: Asked, candidate: Candidate, ranked: Sequence[Ranked], passages: Sequence[ScoredPassage]
) -> DraftSentence:
    passage = passages[candidate.passage].passage
    rows = _rows(candidate, [each.candidate for each in ranked], question)
    if rows and passage is not None:
        return table(rows, passage.text, question)
    return worded(candidate, passages, question)


def worded(candidate: Candidate, passages: Sequence[ScoredPassage], question: Asked | None = None) -> DraftSentence:
    """The candidate with what it needs: its whole list, its header, the sentence it leans on or that leans on it."""
    passage = passages[candidate.passage].passage
    text = passage.text if passage is not None else ""
    start, end = candidate.span
    if candidate.kind == "row" and candidate.lead:
        return table([candidate], text, question or Asked.of(""))
    if candidate.kind == "item" and candidate.lead:
        if candidate.list_end - candidate.lead[0] <= _LONGEST_LIST:
            whole = (candidate.lead[0], candidate.list_end)
            return DraftSentence(_lines(text, whole), (Quote(candidate.passage, *whole),), block=True)
        lead = plain(text[slice(*candidate.lead)])
        quotes = (Quote(candidate.passage, *candidate.lead), Quote(candidate.passage, start, end))
        return DraftSentence(f"{lead} {candidate.text}", quotes)
    if candidate.previous and leans(candidate.text):
        start = candidate.previous[0]
    elif candidate.following:
        end = candidate.following[1]
    start = after_marker(text, (start, end))
    return DraftSentence(plain(text[start:end]), (Quote(candidate.passage, start, end),))


def _lines(text: str, span: tuple[int, int]) -> str:
    """A list as it stands, an item a line."""
    start = span[0]
    lines = [plain(text[start + a : start + b]) for a, b in sentences(text[slice(*span)])]
    return "\n".join([lines[0], *(f"– {line}" for line in lines[1:])])


def _covered(sentence: DraftSentence, chosen: Sequence[DraftSentence]) -> bool:
    return any(
        mine.passage == other.passage and mine.start < other.end and other.start < mine.end
        for earlier in chosen
        for other in earlier.quotes
        for mine in sentence.quotes[-1:]
    )


def _overlap(words: frozenset[str], earlier: frozenset[str]) -> float:
    """0..1; 0 when each has a figure of its own: two rows of a table share most of their words."""
    ours, others = (frozenset(word for word in each if word[0].isdigit()) for each in (words, earlier))
    if ours - others and others - ours:
        return 0.0
    return len(words & earlier) / max(1, min(len(words), len(earlier)))
