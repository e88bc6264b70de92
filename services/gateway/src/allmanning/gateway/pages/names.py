"""What the limits of a search and their values are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from allmanning.gateway.keyring import Keyring
from allmanning.gateway.language import translate

TITLES: Final[Mapping[str, str]] = {
    "collections": "Samling",
    "documents": "Dokument",
    "document_types": "Dokumenttyp",
    "media_types": "Format",
    "secrecy": "Sekretessklass",
    "authorities": "Myndighet",
    "dated_from": "Började gälla tidigast",
    "dated_until": "Började gälla senast",
    "as_of": "Så som det var den",
}
WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "secrecy": {"open": "Öppen", "internal": "Intern", "secret": "Sekretess"},
    "media_types": {
        "application/pdf": "PDF",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel",
        "text/html": "Webbsida",
        "text/markdown": "Markdown",
        "text/plain": "Ren text",
    },
}


@dataclass(frozen=True)
class Names:
    """The names in a language; `limit` is a field of `api.query.Limits`. An unknown value is its own name."""

    keyring: Keyring
    language: str

    def of(self, limit: str, value: str) -> str:
        if limit == "authorities":
            known = self.keyring.authority(value)
            return known.name if known else value
        word = WORDS.get(limit, {}).get(value)
        return translate(word, self.language) if word else value

    def title(self, limit: str) -> str:
        return translate(TITLES[limit], self.language)
