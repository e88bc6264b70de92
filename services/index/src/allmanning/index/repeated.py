"""What a new version of a document repeats of the published one: its vectors are taken over, not made again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from allmanning.contracts.index.v1.index_pb import IndexedPassage
from allmanning.contracts.passage.v1.passage_pb import Passage
from allmanning.index.embed.protocol import Embedder
from allmanning.index.store.protocol import PassageStore
from allmanning.index.text import Said, said
from allmanning.index.version import index_version


async def repeated(
    passages: Sequence[Passage], store: PassageStore, embedder: Embedder
) -> Mapping[Said, IndexedPassage]:
    """Of the published version, what says the same as one of `passages`, which are of one document.

    Nothing of an index that another embedder or another release made. Raises what `PassageStore.stored` raises.
    """
    document = passages[0].document if passages else None
    if document is None:
        return {}
    wanted = {said(passage) for passage in passages}
    found: dict[Said, IndexedPassage] = {}
    first = 0
    while True:
        page = await store.stored(document.authority, document.id, first)
        # An embedder whose model is not known yet is the index process, which gives what it would itself make.
        if embedder.model and page.index_version != index_version(embedder.model, embedder.dimension):
            return {}
        found |= {said(each.passage): each for each in page.passages if each.passage and said(each.passage) in wanted}
        first = page.next
        if not first:
            return found
