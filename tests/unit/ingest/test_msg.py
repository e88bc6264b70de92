"""Mail as Outlook saves it: its head, and the body in the encoding that it says itself."""

from __future__ import annotations

import struct

import pytest

from allmanning.ingest.read.document import Extract
from allmanning.ingest.read.finding import HIDDEN_STYLE
from allmanning.ingest.read.media_type import MSG
from allmanning.runtime.errors import Unprocessable
from tests.unit.ingest.files import kind_of, read_bytes
from tests.unit.ingest.ole import ole

STRING, BINARY, INTEGER, TIME = 0x001F, 0x0102, 0x0003, 0x0040
CLASS, SUBJECT, SENDER, SENT, BODY, HTML, CODE_PAGE = 0x001A, 0x0037, 0x0C1A, 0x0039, 0x1000, 0x1013, 0x3FDE
# 2026-03-02 10:15 UTC in tenths of microseconds since 1601.
WHEN = 134_169_201_000_000_000


def message(body: str = "", html: bytes = b"", kind: str = "IPM.Note", code_page: int = 65001) -> bytes:
    """A message without recipients and attachments (MS-OXMSG 2.1 and 2.4)."""
    words = {CLASS: kind, SUBJECT: "Lov på ängen", SENDER: "Åsa Öberg", BODY: body}
    values = {(pid, STRING): text.encode("utf-16-le") for pid, text in words.items() if text}
    if html:
        values[HTML, BINARY] = html
    entries = [struct.pack("<HHIIi", kind, pid, 6, len(data), 0) for (pid, kind), data in values.items()]
    entries += [struct.pack("<HHIii", INTEGER, CODE_PAGE, 6, code_page, 0), struct.pack("<HHIQ", TIME, SENT, 6, WHEN)]
    streams = {f"__substg1.0_{pid:04X}{kind:04X}": data for (pid, kind), data in values.items()}
    return ole({"__properties_version1.0": bytes(32) + b"".join(entries), **streams})


def lines(extract: Extract) -> list[str]:
    return [block.text for block in extract.blocks]


def test_head_and_text_are_read_and_the_subject_is_the_title() -> None:
    data = message("Hej!\r\n\r\nHandlingarna bifogas.\r\n")
    assert kind_of(data, "brev.msg") == MSG
    extract = read_bytes(data, "brev.msg")
    assert extract.title == "Lov på ängen"
    assert lines(extract)[-3:] == ["Ämne: Lov på ängen", "Hej!", "Handlingarna bifogas."]
    assert "Datum: 2026-03-02 10:15" in lines(extract)


@pytest.mark.parametrize(("encoding", "code_page"), [("utf-8", 65001), ("utf-8", 1252), ("cp1252", 65001)])
def test_the_html_body_is_read_whatever_code_page_is_said(encoding: str, code_page: int) -> None:
    markup = "<html><body><p>Får jag bygga på ängen?</p><p style='display:none'>dolt</p></body></html>"
    extract = read_bytes(message("Får jag", markup.encode(encoding), code_page=code_page), "brev.msg")
    assert lines(extract)[-1] == "Får jag bygga på ängen?"
    assert [(each.code, each.count) for each in extract.findings] == [(HIDDEN_STYLE, 4)]


@pytest.mark.parametrize("kind", ["IPM.Note.SMIME", "IPM.Note.rpmsg.Microsoft.Voicemail"])
def test_an_encrypted_message_says_so(kind: str) -> None:
    with pytest.raises(Unprocessable) as error:
        read_bytes(message("Skyddat", kind=kind), "brev.msg")
    assert error.value.code == "document.encrypted"
