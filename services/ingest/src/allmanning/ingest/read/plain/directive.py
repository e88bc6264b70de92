"""Terms of reference to government inquiries (kommittédirektiv), as the Government Offices' database shows them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from allmanning.ingest.read.document import Block

_NAME: Final = re.compile(r"[A-ZÅÄÖ].{3,250}, Dir\. \d{4}:\d{1,3}")
_HEAD_BLOCKS: Final = 12


def directive(blocks: Sequence[Block]) -> tuple[str, Sequence[Block]]:
    """The directive's name with its number, and the blocks from it on; empty, and all, where none or several are named.

    The page itself has one title for all of them, the name of the database.
    """
    head = blocks[:_HEAD_BLOCKS]
    found = [number for number, block in enumerate(head) if _NAME.fullmatch(block.text)]
    return (blocks[found[0]].text, blocks[found[0] :]) if len(found) == 1 else ("", blocks)
