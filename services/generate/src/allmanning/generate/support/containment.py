"""How many of a sentence's words stand in what it cites."""

from __future__ import annotations

from allmanning.generate.extract.terms import terms
from allmanning.generate.support.written import one_way


def containment(sentence: str, quoted: str, context: str = "") -> float:
    """Share of the sentence's terms, 0..1, that the quoted text or its title and headings have."""
    found = terms(one_way(sentence))
    # Whether numbers agree is another check's to tell, which knows all the ways to write them.
    said = frozenset(term for term in found if not term[0].isdigit()) or found
    return len(said & (terms(one_way(quoted)) | terms(context))) / len(said) if said else 0.0
