"""What may not be left out: what is denied, meant, tried or set against something else, and the border of a clause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from allmanning.generate.support.alignment import Alignment
from allmanning.generate.support.meaning import carried_by
from allmanning.generate.support.tokens import Token
from allmanning.index.fold import folded


def _words(text: str) -> frozenset[str]:
    return frozenset(folded(text).split())


_SET_AGAINST: Final = _words("snarare hellre istället stället utom förutom rather instead except")
# Verbs whose clause need not be so, or is not (Karttunen 1971 on implicative verbs; Nairn, Condoravdi, Karttunen 2006).
_NOT_SO: Final = _words(
    "tror trodde påstår påstod påstås föreslår föreslog utesluta utesluter uteslöt vägrar vägrade misslyckas"
    " misslyckades slutade upphörde brukade planerar planerade hoppas hoppades förnekar förnekade tvivlar tvivlade vill"
    " ville önskar önskade låtsas låtsades försöker försökte försöka hävdar hävdade undvika undviker undvek förhindra"
    " förhindrar förhindrade hindrar hindrade nekar nekade avstår avstod avstå anser ansåg överväger övervägde utreder"
    " misstänks"
    " believes believed claims claimed proposes proposed refuses refused failed tried tries hopes hoped wants plans"
)
# What is said to be certain, possible or doubtful is not said to be so.
_HOW_SURE: Final = _words(
    "säkert säker osäkert osäker oklart oklar tveksamt tveksam sannolikt osannolikt troligt troligen otroligt möjligt"
    " möjligen omöjligt tänkbart otänkbart uteslutet risk risken chans chansen kanske förmodligen"
    " certain uncertain unclear doubtful likely unlikely possible possibly impossible perhaps probably"
)
_BUT: Final = _words("men fast utan snarare but rather")
_BORDERS: Final = _words(
    "men att som vilket vilken vilka snarare eftersom medan när om utan fast fastän innan efter trots"
    " but that which because while when if unless although before after despite"
)
_PREPOSITIONS: Final = _words(
    "av i på till för från med mot om vid åt ur hos under över mellan genom of in on at to for from with by about"
)
_LEAST_LEFT_OUT: Final = 2


def turning_word_differs(said: Sequence[Token], relevant: Sequence[Token]) -> bool:
    """One of the texts sets something aside, or only means it, and the other does not say so: of "inte X, snarare Y"
    neither may be left, nor "Y" of "han vägrade Y" or of "det är osäkert om Y", and "hon trodde Y" does not follow from
    "Y".
    """
    return any(
        not any(carried_by(other, each) for other in others)
        for each, others, turning in [
            *((each, said, _SET_AGAINST | _NOT_SO | _HOW_SURE) for each in relevant),
            *((each, relevant, _SET_AGAINST | _NOT_SO) for each in said),
        ]
        if each.low in turning
    )


def crosses_contrast(said: Sequence[Token], quoted: Sequence[Token]) -> bool:
    """A word that one text has before its "men" stands after it in the other: it is set against something else."""
    mine, theirs = _sides(said), _sides(quoted)
    return bool(mine) and any(side != theirs.get(stem, side) for stem, side in mine.items())


def _sides(tokens: Sequence[Token]) -> dict[str, bool]:
    """Of what is said once, whether it stands after the contrast; nothing without just one contrast."""
    borders = [at for at, each in enumerate(tokens) if each.low in _BUT]
    if len(borders) != 1:
        return {}
    count = Counter(each.stem for each in tokens)
    telling = ((at, each) for at, each in enumerate(tokens) if each.word and not each.light and count[each.stem] == 1)
    return {each.stem: at > borders[0] for at, each in telling if at != borders[0]}


def spliced(quoted: Sequence[Token], alignment: Alignment) -> bool:
    """The sentence joins what the source has in two clauses: the subject of the one has got the verb of the other.

    To leave out a phrase says less; to leave out the border between two clauses, and what stands around it, makes one
    claim of the halves of two.
    """
    if not alignment.close:
        return False
    return any(
        (d - c) - (b - a) >= _LEAST_LEFT_OUT
        and (any(each.first or each.low in _BORDERS for each in quoted[c:d]) or _headless(quoted[c:d], quoted[d]))
        for a, b, c, d in alignment.between
    )


def relation_changed(said: Sequence[Token], quoted: Sequence[Token], alignment: Alignment) -> bool:
    """Two phrases are joined by other small words: what is done "av" them is not done "till" them."""
    return alignment.close and any(
        bool(_small(said[a:b]) ^ _small(quoted[c:d]))
        for a, b, c, d in alignment.between
        if all(each.light for each in (*said[a:b], *quoted[c:d]))
    )


def _small(tokens: Sequence[Token]) -> set[str]:
    # "Om" is a conjunction as often.
    return {each.low for each in tokens} & (_PREPOSITIONS - {"om"})


def _headless(left_out: Sequence[Token], follows: Token) -> bool:
    """The noun is left out and what its preposition governs is kept: "färger" of "en attraktion till färger"."""
    at = next((at for at, each in reversed([*enumerate(left_out)]) if each.low in _PREPOSITIONS), 0)
    return (
        any(each.word and not each.light for each in left_out[:at])
        and follows.low not in _PREPOSITIONS
        and follows.low not in _BORDERS
    )
