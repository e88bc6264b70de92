"""What was noticed in a document, gathered for its report: by code, with the first places of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from allmanning.contracts.ingest.v1.ingest_pb import Finding
from allmanning.ingest.read import finding as read

_PLACES: Final = 100


def gathered(noticed: Iterable[read.Finding]) -> list[Finding]:
    """One finding for each code, in order of code. At most 100 places of each are kept."""
    by_code: dict[str, list[read.Finding]] = defaultdict(list)
    for each in noticed:
        by_code[each.code].append(each)
    return [
        Finding(
            code=code,
            count=sum(each.count for each in some),
            places=[
                Finding.Place(page=each.page, start=each.start, end=each.end)
                for each in some[:_PLACES]
                if each.page or each.end
            ],
        )
        for code, some in sorted(by_code.items())
    ]
