"""Addresses in an answer lead to what it cites, or to the authority itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from allmanning.contracts.passage.v1.passage_pb import ScoredPassage

_URL: Final = re.compile(r"(?:[a-z][a-z0-9+.-]{1,15}:)?//[^\s<>\"'”»)\]]+", re.IGNORECASE)
_SCHEME: Final = re.compile(r"(?<![\w-])(?:file|ftp|javascript|data|vbscript|blob):\S+", re.IGNORECASE)
# A host without a scheme: only under domains in common use, or every abbreviation would be one ("t.ex", "bl.a").
_HOST: Final = re.compile(
    r"(?<![\w@.-])(?:[a-z0-9åäö](?:[a-z0-9åäö-]{0,61}[a-z0-9åäö])?\.)+"
    r"(?:se|nu|com|org|net|eu|info|io|dev|app|co|me|ru|cn|xyz|top|link|click|site|online|shop|biz|gov|edu|ai|zip|mov"
    r"|no|dk|fi|de|uk|us|example|test|invalid|local|internal|onion)(?![\w-]|\.[a-zåäö])(?::\d+)?(?:/[^\s<>\"'”»)\]]*)?",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_IP: Final = re.compile(r"(?<![\w.:§])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])")


class Links:
    """Which hosts an answer may name."""

    def __init__(self, passages: Sequence[ScoredPassage], own: Iterable[str]) -> None:
        """The hosts that the passages were read from, and the authority's `own` domains with all below them."""
        self._cited = frozenset(
            _host(each.passage.document.uri) for each in passages if each.passage and each.passage.document
        ) - {""}
        self._mail = frozenset(
            address for each in passages if each.passage for address in _addresses(each.passage.text)
        )
        self._own = tuple(each.lower().strip(". ") for each in own if each.strip(". "))

    def allowed(self, text: str) -> bool:
        """No web address leads anywhere else, and every e-mail address is the authority's or stands in a passage."""
        rest = _URL.sub(" ", text)
        if _SCHEME.search(rest) or _IP.search(rest):
            return False
        addresses = _ADDRESS.findall(rest)
        mail = all(each.lower() in self._mail or self._known(each.rpartition("@")[2]) for each in addresses)
        return mail and all(self._known(host) for host in _hosts(text))

    def _known(self, host: str) -> bool:
        bare = host.lower().removeprefix("www.").rstrip(".")
        cited = {each.removeprefix("www.") for each in self._cited}
        return bare in cited or any(bare == own or bare.endswith(f".{own}") for own in self._own)


@lru_cache(maxsize=500)
def _addresses(text: str) -> frozenset[str]:
    return frozenset(each.lower() for each in _ADDRESS.findall(text))


def _hosts(text: str) -> Iterator[str]:
    for match in _URL.finditer(text):
        yield _host(match.group())
    for match in _HOST.finditer(_ADDRESS.sub(" ", _URL.sub(" ", text))):
        yield _host(f"//{match.group()}")


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
