"""On what terms one authority's questions are answered now: by whom, in which tone, and with which pins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from allmanning.generate.authority import Authority
from allmanning.generate.draft import Answerer


@dataclass(frozen=True)
class Terms:
    """`pins` are the texts that decide how answers come about, by kind, the authority's own among them."""

    answerer: Answerer
    authority: Authority
    pins: Mapping[str, bytes]

    @classmethod
    def of(cls, answerer: Answerer, authority: Authority, pins: Mapping[str, bytes]) -> Terms:
        return cls(answerer, authority, {**pins, "authority": authority.pinned})
