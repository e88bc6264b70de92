"""Ask the retrieve service for passages that the asker may read."""

from __future__ import annotations

import re
from collections.abc import Sequence

from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.contracts.passage.v1.passage_pb import Filter
from allmanning.contracts.retrieve.v1.retrieve_pb import SearchRequest, SearchResponse
from allmanning.generate.masking import COVERED
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus

# What `retrieve.query` takes for the words as they stand, and for words to do without.
_MARKS = re.compile(r"[\"”“„»«]|(?<!\S)-(?=\w)")


class Search:
    """The retrieve service, over the bus."""

    def __init__(self, bus: Bus, *, limit: int, timeout_s: float) -> None:
        self._bus = bus
        self._limit = limit
        self._timeout_s = timeout_s

    async def find(self, principal: Principal, question: str, collections: Sequence[str]) -> SearchResponse:
        """The best passages for a question. Raises what the retrieve service answers."""
        # A question quotes what it is about; that the words must stand so is for a search to say.
        query = " ".join(_MARKS.sub(" ", COVERED.sub(" ", question)).split()) or question
        request = SearchRequest(
            principal=principal,
            query=query,
            limit=self._limit,
            filter=Filter(collections=list(collections)),
            even_far=True,
        )
        return await self._bus.call(subjects.RETRIEVE_SEARCH, request, SearchResponse, timeout_s=self._timeout_s)
