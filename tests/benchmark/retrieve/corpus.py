"""Documents of several authorities to search in: real statutes where they are, otherwise sentences of our own."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from allmanning.contracts.access.v1.access_pb import Principal, Role, Secrecy
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Filter, Location, Passage
from tests.conftest import SHARED_DATA

STATUTES = SHARED_DATA / "statutes"
FILES = ("ansvar-provisions.jsonl.gz", "selex-provisions.jsonl.gz")

OWN = "exempelby"
# Half of all documents are the asker's own; a fifth of the others' are shared.
AUTHORITIES = (OWN, "granby", OWN, "norrvik")
COLLECTIONS = ("lagar", "rutiner", "protokoll", "riktlinjer")
SECRECIES = (*[Secrecy.OPEN] * 15, *[Secrecy.INTERNAL] * 4, Secrecy.SECRET)
CASEWORKER = Principal(
    authority=OWN, role=Role.CASEWORKER, channel="internal", clearances=[Secrecy.OPEN, Secrecy.INTERNAL]
)
FILTER = Filter(collections=list(COLLECTIONS[:3]))

# A passage of the product has at most 1,300 characters.
MOST_CHARACTERS = 1_300
MOST_SECTIONS = 200

_SUBJECTS = ("Nämnden", "Kommunen", "Handläggaren", "Sökanden", "Fastighetsägaren", "Rektorn", "Enheten", "Regionen")
_VERBS = ("beslutar om", "ansvarar för", "prövar", "följer upp", "betalar", "anmäler", "redovisar", "granskar")
_OBJECTS = (
    "bygglov för uterum", "avgiften i förskolan", "tillstånd till uteservering", "hemtjänst i ordinärt boende",
    "skolskjuts till fritidshem", "färdtjänst inom länet", "tömning av slamavskiljare", "bidrag till föreningar",
    "utlämnande av allmän handling", "strandskyddsdispens vid sjön", "tillsyn av livsmedel", "taxan för vatten",
)  # fmt: skip
_ENDS = ("enligt delegationsordningen", "senast den sista mars", "efter samråd med grannarna", "inom tre veckor")


@dataclass(frozen=True)
class Section:
    act: str
    title: str
    heading: str
    text: str


def documents(passages: int) -> Iterator[list[Passage]]:
    """Documents of up to 200 passages each, so many passages in all; the same at every call."""
    left = passages
    sections = _statutes() if STATUTES.is_dir() else _synthetic()
    for number, (_, group) in enumerate(itertools.groupby(sections, key=lambda section: section.act)):
        for part, taken in enumerate(_parts(group)):
            yield _document(f"{number}-{part}", taken[:left])
            left -= len(taken[:left])
            if not left:
                return


def _parts(group: Iterator[Section]) -> Iterator[list[Section]]:
    while taken := list(itertools.islice(group, MOST_SECTIONS)):
        yield taken


def _document(name: str, sections: list[Section]) -> list[Passage]:
    chance = random.Random(name)
    document = DocumentVersion(
        id=str(uuid.uuid5(uuid.NAMESPACE_URL, name)),
        version=hashlib.sha256(name.encode()).hexdigest(),
        authority=chance.choice(AUTHORITIES),
        collection=chance.choice(COLLECTIONS),
        title=sections[0].title,
        uri=f"{name}.md",
        media_type="text/markdown",
        secrecy=chance.choice(SECRECIES),
        owner_unit="kansliet",
        shared=chance.random() < 0.2,
    )
    return [
        Passage(
            id=str(uuid.uuid5(uuid.NAMESPACE_URL, f"{name}/{position}")),
            document=document,
            text=section.text[:MOST_CHARACTERS],
            location=Location(headings=[section.heading] if section.heading else [], end=len(section.text)),
            position=position,
        )
        for position, section in enumerate(sections)
    ]


def _statutes() -> Iterator[Section]:
    for name in FILES:
        with gzip.open(STATUTES / name, "rt", encoding="utf-8") as file:
            for row in map(json.loads, file):
                if row["text"].strip():
                    place = f"{row['kap']} kap. {row['sec']} §" if row["kap"] else f"{row['sec']} §"
                    yield Section(f"{name}/{row['sfs']}", row["title"], place, row["text"].strip())


def _synthetic() -> Iterator[Section]:
    """Without end. Every passage has a number of its own, so that none is another's twin."""
    chance = random.Random(1)
    for number in itertools.count():
        words = [
            f"{chance.choice(_SUBJECTS)} {chance.choice(_VERBS)} {chance.choice(_OBJECTS)} {chance.choice(_ENDS)}."
            for _ in range(chance.randint(2, 10))
        ]
        act = number // 30
        yield Section(str(act), f"Riktlinje {act}", f"{number % 30 + 1} §", f"Ärende {number}. {' '.join(words)}")
