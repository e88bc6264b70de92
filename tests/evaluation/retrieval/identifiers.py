"""Documents told apart by their numbers alone: case numbers, statutes and provisions, with near confusers.

The questions write the number in another way than the document does. No other document has a question's number; three
that nearly have it are made for each.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass

from allmanning.node.evaluate.judged import Entry, JudgedSet

SEED = 7
CASES, STATUTES, PROVISIONS = 24, 18, 18

_REGISTRIES = ("KS", "BMN", "SN", "UN", "KFN", "TN", "VON", "MN")
_ACTS = (
    "plan- och bygglagen", "kommunallagen", "socialtjänstlagen", "skollagen", "miljöbalken", "förvaltningslagen",
    "alkohollagen", "arkivlagen", "vallagen", "livsmedelslagen", "djurskyddslagen", "lagen om offentlig upphandling",
)  # fmt: skip
_MATTERS = (
    "ansökan om bygglov för carport", "yttrande över detaljplan", "revidering av taxa för kopiering",
    "begäran om utlämnande av allmän handling", "tillsyn av enskilt avlopp", "anmälan om olovlig åtgärd",
    "motion om cykelväg längs ån", "bidrag till ideell förening", "upphandling av skolskjuts",
    "hyra av lokal i medborgarhuset", "klagomål på snöröjning", "uppföljning av budget för förskolan",
)  # fmt: skip
_SAID = (
    "Handlingarna kom in i rätt tid och är fullständiga.",
    "Nämnden har hört berörda grannar, som inte har haft något att invända.",
    "Kansliet har berett frågan tillsammans med ekonomiavdelningen.",
    "Beslutet kan överklagas inom tre veckor.",
    "En uppföljning görs till årsskiftet och redovisas för nämnden.",
    "Kostnaden ryms inom den beslutade ramen för året.",
    "Den som berörs ska få en skriftlig underrättelse.",
    "Ordföranden yrkade bifall till förslaget.",
)

Number = tuple[str, int, int]
"""A registry, a statute or an act, with its two numbers."""


@dataclass(frozen=True)
class Kind:
    """How one kind of identifier is drawn, confused, written in documents and asked for."""

    asked: int
    draw: Callable[[random.Random], Number]
    written: str
    spellings: Sequence[str]


KINDS = (
    Kind(
        CASES,
        lambda chance: (chance.choice(_REGISTRIES), chance.randint(2015, 2026), chance.randint(1, 9_999)),
        "Ärende {0} {1}/{2:05} gäller {matter}.",
        ("{low} {1}/{2}", "{0}{1}/{2:05}", "{0}-{1}-{2:05}", "dnr {0} {1}:{2}", "Vad beslutades i {low} {1}-{2}?"),
    ),
    Kind(
        STATUTES,
        lambda chance: ("SFS", chance.randint(1900, 2026), chance.randint(1, 1_999)),
        "Beslut om {matter} fattas med stöd av förordningen ({1}:{2}).",
        ("SFS {1}:{2}", "sfs nr {1}:{2}", "förordning {1}:{2}", "Vad gäller enligt SFS-nummer {1}:{2}?"),
    ),
    Kind(
        PROVISIONS,
        lambda chance: (chance.choice(_ACTS), chance.randint(1, 30), chance.randint(1, 60)),
        "Frågan om {matter} regleras i {1} kap. {2} § {0}.",
        ("{1} kap {2}§ {0}", "{0} {1} kap. {2} §", "§ {2} i {1} kap. {0}", "Vad säger {1} kapitlet {2} § {0}?"),
    ),
)


def identifiers(documents: int) -> JudgedSet:
    """A set of so many documents and 60 questions, each with one right document. The same at every call."""
    chance = random.Random(SEED)
    wanted: dict[Number, Kind] = {}
    for kind in KINDS:
        for _ in range(kind.asked):
            wanted[_new(kind, chance, wanted)] = kind
    corpus: dict[str, Entry] = {}
    queries: dict[str, str] = {}
    grades: dict[str, dict[str, int]] = {}
    for number, kind in wanted.items():
        query, spelling = f"q{len(queries)}", kind.spellings[len(queries) % len(kind.spellings)]
        queries[query] = spelling.format(*number, low=number[0].lower())
        grades[query] = {_add(corpus, kind, number, chance): 1}
        for near in _near(number):
            if near not in wanted:
                _add(corpus, kind, near, chance)
    while len(corpus) < documents:
        kind = chance.choice(KINDS)
        _add(corpus, kind, _new(kind, chance, wanted), chance)
    return JudgedSet(queries, corpus, grades)


def _new(kind: Kind, chance: random.Random, wanted: Container[Number]) -> Number:
    while (number := kind.draw(chance)) in wanted:
        pass
    return number


def _near(number: Number) -> Iterator[Number]:
    """The last number with its digits turned, the year or chapter after, and the two numbers exchanged in part."""
    name, first, second = number
    turned = int(str(second)[::-1])
    yield name, first, turned if turned != second else second + 10
    yield name, first + 1, second
    yield name, first, second * 10 + 1


def _add(corpus: dict[str, Entry], kind: Kind, number: Number, chance: random.Random) -> str:
    name = f"d{len(corpus)}"
    sentences = [kind.written.format(*number, matter=chance.choice(_MATTERS)), *chance.sample(_SAID, 2)]
    chance.shuffle(sentences)
    corpus[name] = Entry(name, "", " ".join(sentences))
    return name
