"""The access rule, row by row."""

from __future__ import annotations

from datetime import date

import pytest

from allmanning.contracts.access.v1.access_pb import Principal, Secrecy
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion
from allmanning.gateway.reading import readable

ALL = [Secrecy.OPEN, Secrecy.INTERNAL, Secrecy.SECRET]
TODAY = date(2026, 11, 22)


def document(**values):
    return DocumentVersion(**{"authority": "a", "secrecy": Secrecy.OPEN, **values})


def asker(**values):
    return Principal(**{"authority": "a", "unit": "u", "clearances": ALL, **values})


@pytest.mark.parametrize(
    ("document", "asker", "may"),
    [
        (document(), asker(clearances=[Secrecy.OPEN]), True),
        (document(), asker(clearances=[]), False),
        (document(), asker(authority="b"), False),
        (document(shared=True), asker(authority="b"), True),
        (document(secrecy=Secrecy.INTERNAL), asker(clearances=[Secrecy.OPEN]), False),
        (document(secrecy=Secrecy.SECRET, owner_unit="u"), asker(), True),
        (document(secrecy=Secrecy.SECRET, owner_unit="v"), asker(), False),
        (document(secrecy=Secrecy.SECRET, owner_unit=""), asker(unit=""), False),
        (document(secrecy=Secrecy.SECRET, owner_unit="u", shared=True), asker(authority="b"), False),
        (document(secrecy=Secrecy.UNSPECIFIED), asker(unit="x"), False),
        (document(secrecy=Secrecy.UNSPECIFIED, owner_unit="u"), asker(), True),
        (document(valid_from="2026-11-22", valid_to="2026-11-22"), asker(), True),
        (document(valid_from="2026-11-23"), asker(), False),
        (document(valid_to="2026-11-21"), asker(), False),
    ],
)
def test_access_rule(document, asker, may):
    assert readable(document, asker, TODAY) is may
