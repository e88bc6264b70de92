"""Print which pages are shown to everyday questions without a sure answer, and how often the right one is among them.

python -m tests.evaluation.generate.nearby

Of all questions put to the demo's search, as if none had been answered: `shown` is the share that gets pages, `right`
the share that gets the page which answers, `outside` the share that is told to be about nothing here.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from allmanning.contracts.access.v1.access_pb import Principal, Role, Secrecy
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, ScoredPassage
from allmanning.contracts.retrieve.v1.retrieve_pb import SearchRequest
from allmanning.generate.nearby import nearby, unrelated
from allmanning.index.embed.local import LocalEmbedder
from tests.evaluation.generate.demo_index import AS_OF, AUTHORITY, searched

_EVERYDAY: Final = Path(__file__).parent / "everyday"
_FOUND: Final = 20
# Questions that no municipality answers.
_NONSENSE: Final = (
    "vem vann fotbolls-vm 1994", "hur många ben har en spindel", "asdf jkl qwerty", "vad är meningen med livet",
    "recept på pannkakor", "vad blir 17 gånger 23", "berätta en rolig historia", "hur långt är det till månen",
    "vad heter huvudstaden i Mongoliet", "bästa tvättmaskinen i test", "hur installerar jag python på windows",
    "vad kostar en bitcoin", "vem skrev hemsöborna", "hur blir man av med hicka", "vilken färg är det på en banan",
)  # fmt: skip


async def main() -> None:
    asker = Principal(authority=AUTHORITY, role=Role.CITIZEN, channel="citizen", clearances=[Secrecy.OPEN])
    groups: dict[tuple[str, str], list[tuple[bool, bool, bool]]] = defaultdict(list)
    embedder = LocalEmbedder()
    await embedder.warm_up()
    async with searched(embedder) as retrieval:
        for asked in _questions():
            request = SearchRequest(principal=asker, query=asked["question"], limit=_FOUND, as_of=AS_OF)
            found = (await retrieval.search(request)).passages
            groups[asked["language"], asked["kind"]].append(_told(asked, found))
    await embedder.close()
    print(f"{'language':<10}{'kind':<10}{'asked':>7}{'shown':>7}{'right':>7}{'outside':>9}")
    for (language, kind), told in sorted(groups.items()):
        shares = [sum(column) / len(told) for column in zip(*told, strict=True)]
        print(f"{language:<10}{kind:<10}{len(told):>7}{shares[0]:>7.2f}{shares[1]:>7.2f}{shares[2]:>9.2f}")


def _questions() -> Iterator[dict[str, Any]]:
    for file in sorted(_EVERYDAY.glob("*.jsonl")):
        yield from map(json.loads, file.read_text().splitlines())
    yield from ({"question": each, "language": "sv", "kind": "nonsense", "document": ""} for each in _NONSENSE)


def _told(asked: dict[str, Any], found: Sequence[ScoredPassage]) -> tuple[bool, bool, bool]:
    outside = unrelated(found, asked["language"])
    shown = [] if outside else [each.document or DocumentVersion() for each in nearby(found, asked["language"])]
    return bool(shown), any(Path(each.id).stem == Path(asked["document"]).stem for each in shown), outside


if __name__ == "__main__":
    asyncio.run(main())
