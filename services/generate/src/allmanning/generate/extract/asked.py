"""A question, as the ranking sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from allmanning.generate.extract.candidates import Candidate
from allmanning.generate.extract.names import names_in
from allmanning.generate.extract.questions import Asks, asks, counted_in
from allmanning.generate.extract.terms import grams, terms
from allmanning.index.everyday import official, worded_officially

# Words that shape a question and stand in few answers.
_FRAME = terms(
    "menas menar avses innebär betyder kallas heter finns ligger vanligtvis exempel snälla tack undrar hej berätta hur"
    " mycket många stor stort stora lång långt lang länge hög högt höga låg djup bred gammal dyr dyrt ofta får vara"
    " kostar kosta betala betalar få tid tar what when where which who whom whose why how does mean is are the a an of"
    " per to in for my i can do please tell me about cost much many long"
)


@dataclass(frozen=True)
class Asked:
    """A question, as the ranking sees it."""

    text: str
    terms: frozenset[str]
    grams: frozenset[str]
    kind: Asks
    frame: frozenset[str] = frozenset()
    """Its words that shape it, "kostar" or "tid": few answers have them, but headings over answers do."""
    counted: str = ""
    names: tuple[str, ...] = ()
    """Of people, places and things that it is about, as they are written."""

    @classmethod
    def of(cls, question: str, before: str = "") -> Asked:
        """The question as asked; `before` is the one that it refers back to."""
        wanted = terms(f"{before} {question}") if before else terms(question)
        kind = asks(question)
        if kind is Asks.OTHER and before:
            kind = asks(before)
        return cls(
            question,
            (wanted - _FRAME) or wanted,
            grams(worded_officially(f"{before} {question}".strip())),
            kind,
            wanted & _FRAME,
            counted_in(question),
            names_in(question),
        )

    def among(self, found: Sequence[Candidate]) -> Asked:
        """The question by those of its words that the candidates know.

        For a question in another language than the documents': its names and borrowed words still tell the right
        sentence, and that the others are missing tells nothing.
        """
        said = frozenset[str]().union(*(terms(f"{each.context} {each.text}") for each in found))
        worded = (terms(word) for word, words in official(self.text) if any(terms(one) & said for one in words))
        known = said.union(*worded) & self.terms
        # Days, months and languages have capitals in English, and places other names.
        return replace(self, terms=known, grams=frozenset[str]().union(*map(grams, known)), names=())
