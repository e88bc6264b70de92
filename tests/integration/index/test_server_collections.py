"""The collections of two releases on one Qdrant server."""

from __future__ import annotations

import pytest

from allmanning.index.store.server import ServerEngine, ServerStore
from allmanning.runtime.errors import Refused
from tests.contract.index.passages import DIMENSION, document, indexed


async def test_a_collection_of_another_dimension_is_refused_with_both_dimensions() -> None:
    made = ServerEngine(":memory:", "test", 8)
    await made.warm_up()
    wanted = ServerEngine(":memory:", "test", 16)
    # Each client has a server of its own in memory; this one is given the other's.
    wanted._opened = made._opened
    await made._check_dimension()
    with pytest.raises(Refused, match=r"index\.model_differs.*8 värden.*16 värden"):
        await wanted._check_dimension()
    await made.close()


async def test_a_retired_document_leaves_the_collections_of_every_release() -> None:
    old, new = ServerStore(":memory:", "old", DIMENSION), ServerStore(":memory:", "new", DIMENSION)
    await old.warm_up()
    await new.warm_up()
    # As above: one server for both.
    new._server._opened = old._server._opened
    await new._server._create()
    for store in (old, new):
        for name in ("a", "b"):
            await store.stage(indexed(document(name), [name]))
            await store.publish("soltuna", name, "v1")
    await new.retire("soltuna", "a")
    for store in (old, new):
        assert [each.document_id for each in (await store.digests()).digests] == ["b"]
    await old.close()
