"""Text that people wrote, as HTML in which its numbers of sources, phone numbers and addresses can be followed."""

from __future__ import annotations

import re
from typing import Final

from markupsafe import Markup, escape

from allmanning.gateway.contact import Contact

_NUMBER: Final = re.compile(r"\[(\d{1,3})\]")
_SOURCE: Final = Markup('<a class="number" href="#{anchor}-{n}">[{n}]</a>')


def linked_numbers(text: str, anchor: str, contact: Contact | None = None) -> Markup:
    """`text` where each `[n]` is a link to the source `#<anchor>-n`, and the ways of `contact` are links."""
    html = Markup()
    # A split by a pattern with one group alternates between text and number.
    for position, piece in enumerate(_NUMBER.split(text)):
        html += _SOURCE.format(anchor=anchor, n=piece) if position % 2 else reachable(piece, contact)
    return html


def reachable(text: str, contact: Contact | None) -> Markup:
    """`text` where the phone number and the e-mail address of `contact` are links."""
    ways = {contact.phone: f"tel:{contact.dialled}", contact.email: f"mailto:{contact.email}"} if contact else {}
    known = [way for way in ways if way]
    if not known:
        return escape(text)
    html = Markup()
    for position, piece in enumerate(re.split("(" + "|".join(map(re.escape, known)) + ")", text)):
        link = Markup('<a class="way" href="{address}">{words}</a>')
        html += link.format(address=ways[piece], words=piece) if position % 2 else escape(piece)
    return html
