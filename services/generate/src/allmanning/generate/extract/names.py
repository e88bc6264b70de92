"""Names in a question, and whether what was found knows them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from allmanning.generate.extract.terms import terms
from allmanning.generate.extract.wording import akin

# A capital letter within a sentence: in Swedish that is a name, nor do days, months and peoples have one.
_NAME = re.compile(r"(?<=[a-zåäö0-9,] )[A-ZÅÄÖ][\w-]{2,}")
_MOST_OF_WORDS = 0.5
# Where everything that is asked about lies, said or not.
_EVERYWHERE = frozenset({"Sverige", "Sveriges"})


def names_in(question: str) -> tuple[str, ...]:
    """The names as they are written; none where it seems that all words have capitals."""
    found = tuple(name for name in _NAME.findall(question) if name not in _EVERYWHERE and terms(name))
    return found if len(found) < _MOST_OF_WORDS * len(question.split()) else ()


def unknown(names: Iterable[str], texts: Iterable[frozenset[str]]) -> bool:
    """One of the names is in none of the texts, given by their terms, in whatever form or compound."""
    wanted = [terms(name) for name in names]
    if not wanted:
        return False
    said = frozenset[str]().union(*texts)
    return any(mine.isdisjoint(said) and not any(akin(one, other) for one in mine for other in said) for mine in wanted)
