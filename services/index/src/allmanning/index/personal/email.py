"""E-mail addresses, also those written so that machines shall not see them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from allmanning.index.personal.found import EMAIL, Found

_AT: Final = r"(?:@|＠|\s?[\[({]\s?(?:at|@|snabel-?a)\s?[\])}]\s?)"
# A label of a name has at most 63 characters, the part before the at sign 64 (RFC 5321).
_ADDRESS: Final = re.compile(
    rf"(?<![\w.+-])[\w.+'-]{{1,64}}{_AT}[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{1,5}}", re.IGNORECASE
)


def email_addresses(text: str) -> Iterator[Found]:
    for match in _ADDRESS.finditer(text):
        yield Found(EMAIL, match.start(), match.start() + len(match[0].rstrip("-_")))
