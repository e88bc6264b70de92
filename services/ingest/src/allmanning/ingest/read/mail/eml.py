"""Mail as it travels: RFC 5322 with MIME (.eml)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import collapse_rfc2231_value, parsedate_to_datetime
from typing import Final

from allmanning.ingest.read.document import Extract, clean
from allmanning.ingest.read.mail.invitation import invitation_text
from allmanning.ingest.read.mail.letter import Attachments, Letter, extract_of_letter, locked
from allmanning.ingest.read.original import Original
from allmanning.ingest.read.plain.encoding import decode, decode_as
from allmanning.runtime.errors import Unprocessable

_HEAD: Final = (("Från", "From"), ("Till", "To"), ("Kopia", "Cc"))
# Signatures of the message, and the other fork of a Macintosh file: nothing that anybody reads.
_SILENT: Final = frozenset(
    {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}
    | {"application/applefile", "message/delivery-status", "text/rfc822-headers", "application/pgp-encrypted"}
)
_TNEF: Final = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_ENVELOPED: Final = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_PARTS: Final = 2_000
_FOLD: Final = re.compile(r"\r?\n[ \t]")


@dataclass
class _Found:
    attachments: Attachments
    texts: list[str] = field(default_factory=list)
    markups: list[str] = field(default_factory=list)
    invitations: list[str] = field(default_factory=list)


def read_mail(original: Original) -> Extract:
    """Read a mail: its head, its newest text first, and what is attached as members.

    The older `compat32` policy of `email` is used, since the newer one raises on broken headers when they are read.

    Raises:
        Unprocessable: `document.encrypted`; `file.unreadable` for what is no mail.
    """
    data = original.data
    message = BytesParser(policy=compat32).parsebytes(_as_ascii(data))
    if not message.keys():
        raise Unprocessable("file.unreadable", "Filen är inget e-postmeddelande. (This file is not a mail.)")
    found = _Found(Attachments(original.workspace))
    for part in _leaves(message):
        _sort(part, found)
    text = "\n\n".join(found.texts) or "\n\n".join(found.invitations)
    head = [(label, _header(message, name)) for label, name in _HEAD]
    letter = Letter(_header(message, "Subject"), [*head, ("Datum", _date(message))], text, "\n".join(found.markups))
    return extract_of_letter(letter, found.attachments.members, found.attachments.refused)


def _as_ascii(data: bytes) -> bytes:
    """Mails that a program has saved as UTF-16 become bytes that `email` understands."""
    start = data[:4096]
    if start.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")) or start.count(0) > len(start) * 0.3:
        return decode(data).encode()
    return data


def _leaves(message: Message) -> Iterator[Message]:
    """The parts that hold something, in order; what an enclosed message holds is its own."""
    left = _PARTS
    waiting = [message]
    while waiting and left:
        left -= 1
        part = waiting.pop()
        kind = part.get_content_type()
        if kind == "multipart/encrypted" or (kind in _ENVELOPED and _is_enveloped(part)):
            raise locked()
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            waiting += [each for each in reversed(payload) if isinstance(each, Message)]
        else:
            yield part


def _is_enveloped(part: Message) -> bool:
    return str(part.get_param("smime-type", "enveloped-data")).lower() != "signed-data"


def _sort(part: Message, found: _Found) -> None:
    kind, name = part.get_content_type(), _filename(part)
    if kind in _SILENT or (kind.startswith("image/") and _is_shown(part, found.markups)):
        return
    if kind in _TNEF or kind in _ENVELOPED or name.lower() == "winmail.dat":
        found.attachments.refuse()
    elif kind == "message/rfc822":
        _enclose(part, found)
    elif kind == "text/calendar" and not _is_attachment(part):
        found.invitations.append(invitation_text(_text(part)))
    elif kind in ("text/plain", "text/html") and not _is_attachment(part):
        (found.markups if kind == "text/html" else found.texts).append(_text(part))
    elif kind.startswith("multipart/"):
        # Without its boundary there are no parts: what it says stands in it as text.
        found.texts.append(_text(part))
    else:
        extension = {"text/plain": ".txt", "text/html": ".html", "text/calendar": ".ics"}.get(kind, "")
        found.attachments.add(name, _bytes(part), f"bilaga{extension}")


def _enclose(part: Message, found: _Found) -> None:
    payload = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else None
    if not isinstance(inner, Message):
        found.attachments.refuse()
        return
    subject = clean(_header(inner, "Subject")).replace("/", "-").strip(" .")
    name = _filename(part) or subject or "meddelande"
    found.attachments.add(name if name.lower().endswith(".eml") else f"{name}.eml", inner.as_bytes(unixfrom=False))


def _is_attachment(part: Message) -> bool:
    disposition = part.get_content_disposition()
    return disposition == "attachment" or (disposition is None and bool(_filename(part)))


def _is_shown(part: Message, markups: list[str]) -> bool:
    """Whether a picture stands in the text, such as a logotype under a name."""
    content_id = str(part.get("Content-ID", "")).strip("<> ")
    return part.get_content_disposition() == "inline" or (
        bool(content_id) and any(f"cid:{content_id}" in markup for markup in markups)
    )


def _filename(part: Message) -> str:
    for header, parameter in (("Content-Disposition", "filename"), ("Content-Type", "name")):
        written = part.get_param(parameter, None, header)
        if written:
            return _decoded(collapse_rfc2231_value(written))
    return ""


def _bytes(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _text(part: Message) -> str:
    if part.is_multipart():
        return ""
    return decode_as(_bytes(part), str(part.get_content_charset("")))


def _header(message: Message, name: str) -> str:
    values = [value for key, value in message.raw_items() if key.lower() == name.lower()]
    return ", ".join(clean(_decoded(str(value))) for value in values)


def _decoded(value: str) -> str:
    """A header's words: bytes above ASCII, and the encoded words of RFC 2047."""
    line = _FOLD.sub(" ", value)
    if any("\ud800" <= character <= "\udfff" for character in line):
        return decode(line.encode("utf-8", "surrogateescape"))
    try:
        pieces = decode_header(line)
    # Broken encoded words are shown as they are written.
    except ValueError:
        return line
    return "".join(piece if isinstance(piece, str) else decode_as(piece, charset or "") for piece, charset in pieces)


def _date(message: Message) -> str:
    written = _header(message, "Date")
    try:
        when: datetime = parsedate_to_datetime(written)
    except (ValueError, TypeError, IndexError, OverflowError):
        return written
    return when.strftime("%Y-%m-%d %H:%M")
