"""Words that nothing in the cited text accounts for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from allmanning.generate.support.alignment import Alignment
from allmanning.generate.support.figures import figures
from allmanning.generate.support.meaning import carried_by, narrows
from allmanning.generate.support.modality import modals
from allmanning.generate.support.negation import denies
from allmanning.generate.support.tokens import Token
from allmanning.index.fold import folded

# Said to the reader, not of the matter; what joins clauses; and verbs that mean what their object means ("ta kontakt").
_EMPTY: Final = frozenset(
    folded(
        "observera notera tänk obs ja alltså därför dock även dessutom samt vill säga exempel exempelvis"
        " betyder innebär enligt grund följd skäl skälet"
        " ta tar gå går göra gör ge ger komma kommer hitta står ligger"
        " note please yes therefore however according"
    ).split()
)


def added(said: Sequence[Token], quoted: Sequence[Token], context: Sequence[Token], alignment: Alignment) -> bool:
    """What the sentence says and its source does not: whether that is so, no list of words can tell.

    A claim that leaves words out says less than its source; one that has words of its own says something else, and may
    well say the opposite. In a sentence almost word for word from its source any such word counts, and a word that
    stands in another's place has to mean the same as that one. In others one is let pass, unless it is a narrower
    compound: "guldkälla" is not said by who says "källa".
    """
    known = [token for token in (*quoted, *context) if token.word]
    stems = {token.stem for token in known}
    instead = {at: quoted[c:d] for a, b, c, d in alignment.replaced for at in range(a, b)}
    found = [
        token
        for at, token in enumerate(said)
        if token.word
        and not token.light
        and token.stem not in stems
        and not _settled(token)
        and not _accounted(token, (instead.get(at, ()) if alignment.close else ()), known)
    ]
    return len(found) > (0 if alignment.close else 1) or any(narrows(token, each) for token in found for each in known)


def _accounted(token: Token, instead: Sequence[Token], known: Sequence[Token]) -> bool:
    words = [each for each in instead if each.word] or known
    return any(carried_by(token, each) for each in words)


def _settled(token: Token) -> bool:
    """Says nothing, or is another check's to judge: what must or may be, what is denied, and how many there are."""
    return token.low in _EMPTY or denies(token) or bool(modals([token]) or figures([token]))
