"""A collection of vectors of another size is refused when it is opened."""

from __future__ import annotations

import pytest

from allmanning.index.store.server import ServerEngine
from allmanning.runtime.errors import Refused


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
