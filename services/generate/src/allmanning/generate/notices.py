"""What the asker is told in place of an answer or before it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from allmanning.contracts.audit.v1.audit_pb import GateResponse
from allmanning.generate.contact import CONTACT
from allmanning.generate.direction import isolated

_HERE: Final = files("allmanning.generate")
_NOTICES: Final = _HERE.joinpath("notices.yaml").read_bytes()
# In languages beside Swedish and English, a file each: the name of a notice, and its text.
_LANGUAGES: Final = {
    file.name.removesuffix(".yaml"): file.read_bytes()
    for file in sorted(_HERE.joinpath("languages").iterdir(), key=lambda each: each.name)
    if file.name.endswith(".yaml")
}
NOTICES: Final = b"\n".join((_NOTICES, *(f"# {name}\n".encode() + text for name, text in _LANGUAGES.items()), CONTACT))
"""The files of notices as they were read, to be pinned by their hash."""

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
    known = name if name in _catalogue().notices else _DEFAULT
    texts = _catalogue().notices[known]
    told = texts.get(language) or _other(language).get(known)
    return isolated(told, language) if told else texts["en"]


def told_in(language: str) -> str:
    """The language that whoever asks in `language` is told notices in."""
    return language if language in ("sv", "en", *_LANGUAGES) else "en"


def told(rule: GateResponse, language: str) -> str:
    """What the rule says to the asker: in the table's own words where it has them."""
    words = rule.notice_sv if language == "sv" else rule.notice_en
    return words or notice(rule.notice, language)


@cache
def _catalogue() -> _Catalogue:
    return _Catalogue.model_validate(yaml.safe_load(_NOTICES))


@cache
def _other(language: str) -> Mapping[str, str]:
    return TypeAdapter(dict[str, str]).validate_python(yaml.safe_load(_LANGUAGES.get(language, b"{}")))
