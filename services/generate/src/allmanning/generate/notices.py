"""What the asker is told in place of an answer or before it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict

from allmanning.contracts.audit.v1.audit_pb import GateResponse

NOTICES: Final = files("allmanning.generate").joinpath("notices.yaml").read_bytes()
"""The notice file as it was read, to be pinned by its hash."""

NO_SUPPORT: Final = "no_support"
_DEFAULT: Final = "hand_over"


class _Catalogue(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int
    notices: Mapping[str, Mapping[str, str]]


def notice(name: str, language: str) -> str:
    """The notice of that name; the one that points to a person when the rules name an unknown one.

    In the language if it is there in it, otherwise in English.
    """
    texts = _catalogue().notices.get(name) or _catalogue().notices[_DEFAULT]
    return texts.get(language) or texts["en"]


def told(rule: GateResponse, language: str) -> str:
    """What the rule says to the asker: in the table's own words where it has them."""
    words = rule.notice_sv if language == "sv" else rule.notice_en
    return words or notice(rule.notice, language)


@cache
def _catalogue() -> _Catalogue:
    return _Catalogue.model_validate(yaml.safe_load(NOTICES))
