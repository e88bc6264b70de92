"""Whether content names a person: by words as they stand in it, or by a key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from allmanning.runtime.record import Json

SHORTEST: Final = 4


def names(content: bytes, text: str, key_id: str) -> bool:
    """Whether any text of a part (JSON) holds the words, or is the key; what is empty is not looked for."""
    texts = list(_texts(json.loads(content)))
    wanted = _plain(text)
    return (bool(wanted) and any(wanted in _plain(each) for each in texts)) or (bool(key_id) and key_id in texts)


def _plain(text: str) -> str:
    """Without regard to case and to how words are spaced."""
    return " ".join(text.casefold().split())


def _texts(value: Json) -> Iterator[str]:
    """Every text in a part; never an empty one."""
    if isinstance(value, str):
        if value:
            yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
