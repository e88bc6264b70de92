"""Mail as Outlook saves it (.msg, MS-OXMSG)."""

from __future__ import annotations

from typing import Final

from oxmsg import Message
from oxmsg.attachment import Attachment
from oxmsg.domain import constants

from allmanning.ingest.read.document import Extract
from allmanning.ingest.read.mail.letter import Attachments, Letter, extract_of_letter, locked
from allmanning.ingest.read.original import Original
from allmanning.ingest.read.web.html import decoded_page

# MS-OXCMSG 2.2.2.9: the attachment's bytes lie in the file. Others are links, enclosed messages and OLE objects.
_BY_VALUE: Final = 1
# MS-OXOMSG 2.2.3: To and Cc. Who got a blind copy is not told.
_RECIPIENTS: Final = (("Till", 1), ("Kopia", 2))
_SIGNED: Final = "ipm.note.smime.multipartsigned"
_LOCKED: Final = ("ipm.note.smime", "ipm.note.rpmsg")
_RIGHTS_PROTECTED: Final = "message.rpmsg"
_PGP: Final = "application/pgp-encrypted"


def read_msg(original: Original) -> Extract:
    """Read an Outlook message: its head, its text, and what is attached as members.

    Raises:
        Unprocessable: `document.encrypted`.
    """
    message = Message.load(str(original.path))
    kind = message.message_class.lower()
    attached = message.attachments
    locks = any(_name(each) == _RIGHTS_PROTECTED or each.mime_type == _PGP for each in attached)
    if locks or (kind.startswith(_LOCKED) and kind != _SIGNED):
        raise locked()
    attachments = Attachments(original.workspace)
    markup = _markup(message)
    for each in attached:
        _take(each, attachments, markup)
    sent = message.sent_date
    head = [
        ("Från", message.sender or ""),
        *((label, _recipients(message, number)) for label, number in _RECIPIENTS),
        ("Datum", sent.strftime("%Y-%m-%d %H:%M") if sent else ""),
    ]
    letter = Letter(message.subject, head, (message.body or "").replace("\r\n", "\n"), markup)
    return extract_of_letter(letter, attachments.members, attachments.refused)


def _take(attachment: Attachment, attachments: Attachments, markup: str) -> None:
    content_id = attachment.properties.str_prop_value(constants.PID_ATTACH_CONTENT_ID)
    kind = attachment.mime_type or ""
    if kind.startswith("image/") and content_id and f"cid:{content_id}" in markup:
        return
    if kind == "multipart/signed" and attachment.file_bytes:
        # A signed message is a mail within the mail, with what is attached to it.
        attachments.add("meddelande.eml", attachment.file_bytes)
    elif attachment.properties.int_prop_value(constants.PID_ATTACH_METHOD) in (None, _BY_VALUE):
        attachments.add(_name(attachment), attachment.file_bytes or b"")
    else:
        attachments.refuse()


def _name(attachment: Attachment) -> str:
    short = attachment.properties.str_prop_value(constants.PID_ATTACH_FILENAME)
    return attachment.file_name or short or ""


def _markup(message: Message) -> str:
    """The HTML body; its bytes are in the code page that it says itself, whatever the properties say."""
    written = message.properties.binary_prop_value(constants.PID_HTML)
    if written:
        return decoded_page(written.rstrip(b"\0"))
    return message.properties.str_prop_value(constants.PID_BODY_HTML) or ""


def _recipients(message: Message, kind: int) -> str:
    some = [each for each in message.recipients if each.properties.int_prop_value(constants.PID_RECIPIENT_TYPE) == kind]
    return "; ".join(
        f"{each.name} <{each.email_address}>" if each.name and each.email_address != each.name else each.email_address
        for each in some
    )
