"""Passages for tests, and the access rule said a second time, without any engine."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

import numpy as np

from allmanning.contracts.access.v1.access_pb import Principal, Secrecy
from allmanning.contracts.index.v1.index_pb import IndexedPassage, SearchRequest
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Filter, Location, Passage
from allmanning.index.sparse import passage_vector, question_vector
from allmanning.index.store.protocol import PassageStore
from allmanning.index.text import indexed_text

DIMENSION = 8
MODEL = "test-vectors"
TEXTS = [
    "Avgiften för bygglov är 4 200 kronor.",
    "Ansökan om bygglov görs i e-tjänsten.",
    "Handläggningen tar tio veckor.",
]


def vector(seed: str) -> bytes:
    """A unit vector that depends on the seed alone."""
    numbers = np.frombuffer(hashlib.blake2b(seed.encode(), digest_size=DIMENSION).digest(), dtype=np.uint8)
    row = numbers.astype(np.float32) - 127.5
    unit: bytes = (row / np.linalg.norm(row)).astype("<f4").tobytes()
    return unit


def indexed(document: DocumentVersion, texts: Sequence[str]) -> list[IndexedPassage]:
    """The passages of a version, one for each text."""
    passages = [
        Passage(id=f"{document.id}-{at}", document=document, text=text, location=Location(start=at), position=at)
        for at, text in enumerate(texts)
    ]
    return [
        IndexedPassage(passage=each, dense=vector(each.text), sparse=passage_vector(indexed_text(each)))
        for each in passages
    ]


def document(
    id: str = "taxa",
    version: str = "v1",
    authority: str = "soltuna",
    secrecy: Secrecy = Secrecy.OPEN,
    owner_unit: str = "",
    shared: bool = False,
    valid_from: str = "",
    valid_to: str = "",
    collection: str = "webb",
) -> DocumentVersion:
    return DocumentVersion(
        id=id,
        version=version,
        authority=authority,
        secrecy=secrecy,
        owner_unit=owner_unit,
        shared=shared,
        valid_from=valid_from,
        valid_to=valid_to,
        collection=collection,
    )


CITIZEN = Principal(authority="soltuna", channel="citizen", clearances=[Secrecy.OPEN])


def asking(
    question: str,
    principal: Principal = CITIZEN,
    limit: int = 10,
    as_of: str = "2026-11-22",
    collections: Sequence[str] = (),
    documents: Sequence[str] = (),
) -> SearchRequest:
    return SearchRequest(
        principal=principal,
        dense=vector(question),
        sparse=question_vector(question),
        limit=limit,
        as_of=as_of,
        filter=Filter(collections=list(collections), documents=list(documents)),
    )


def may_read(principal: Principal, of: DocumentVersion, as_of: str) -> bool:
    """The access rule, as the brief of the platform says it."""
    secrecy = of.secrecy if of.secrecy in {Secrecy.OPEN, Secrecy.INTERNAL} else Secrecy.SECRET
    own = of.authority == principal.authority
    if not (own or of.shared) or secrecy not in principal.clearances:
        return False
    if secrecy == Secrecy.SECRET and not (own and principal.unit and of.owner_unit == principal.unit):
        return False
    return in_force(of, as_of)


def in_force(of: DocumentVersion, as_of: str) -> bool:
    day = dt.date.fromisoformat(as_of)
    start = dt.date.fromisoformat(of.valid_from) if of.valid_from else dt.date.min
    end = dt.date.fromisoformat(of.valid_to) if of.valid_to else dt.date.max
    return start <= day <= end


async def published(store: PassageStore, of: DocumentVersion, texts: Sequence[str]) -> None:
    """Stage and publish a version with these passages."""
    await store.stage(indexed(of, texts))
    await store.publish(of.authority, of.id, of.version)
