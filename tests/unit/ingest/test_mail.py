"""Mail: who, what and when, the newest text first, and what is attached."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

from allmanning.ingest.read.document import Extract, Kind
from allmanning.ingest.read.finding import HIDDEN_STYLE, MEMBER_REFUSED
from allmanning.ingest.read.mail.eml import read_mail
from allmanning.ingest.read.media_type import EML
from allmanning.ingest.read.original import Original
from allmanning.ingest.read.reader import read
from allmanning.runtime.errors import Unprocessable


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    folder.mkdir()
    return folder


def letter(text: str = "Hej!\n\nHandlingarna bifogas.\n") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Åsa Öberg <asa@exempelby.se>"
    message["To"] = "bygg@exempelby.se"
    message["Date"] = "Mon, 02 Mar 2026 10:15:00 +0100"
    message["Subject"] = "Ansökan om bygglov för Åkern 1:2"
    if text:
        message.set_content(text)
    return message


def taken(message: EmailMessage | bytes, workspace: Path) -> Extract:
    path = workspace.parent / "original.eml"
    path.write_bytes(message if isinstance(message, bytes) else message.as_bytes())
    return read(Original(path, "brev.eml", EML, workspace=workspace))


def lines(extract: Extract) -> list[str]:
    return [block.text for block in extract.blocks]


def held(extract: Extract) -> dict[str, bytes]:
    return {member.name: member.path.read_bytes() for member in extract.members}


HEAD = [
    "Från: Åsa Öberg <asa@exempelby.se>",
    "Till: bygg@exempelby.se",
    "Datum: 2026-03-02 10:15",
    "Ämne: Ansökan om bygglov för Åkern 1:2",
]


def test_head_and_text_are_read_and_the_subject_is_the_title(workspace: Path) -> None:
    extract = taken(letter(), workspace)
    assert extract.title == "Ansökan om bygglov för Åkern 1:2"
    assert lines(extract) == [*HEAD, "Hej!", "Handlingarna bifogas."]
    assert all(block.kind is Kind.PARAGRAPH for block in extract.blocks)


def test_the_richer_body_is_read_with_what_it_hides_reported(workspace: Path) -> None:
    message = letter("Avgift: se tabell.")
    markup = "<p>Avgift:</p><ul><li>lov</li></ul><p style='display:none'>dolt</p><p>Se taxan i år.</p>"
    message.add_alternative(markup, subtype="html")
    extract = taken(message, workspace)
    assert lines(extract)[4:] == ["Avgift:", "- lov", "Se taxan i år."]
    assert [(finding.code, finding.count) for finding in extract.findings] == [(HIDDEN_STYLE, 4)]


def test_an_empty_shell_of_html_does_not_replace_the_text(workspace: Path) -> None:
    message = letter("Det här är hela brevets text.")
    message.add_alternative("<html><body><img src='cid:1'></body></html>", subtype="html")
    assert lines(taken(message, workspace))[4:] == ["Det här är hela brevets text."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ja.\n\nDen 1 mars skrev Bo:\n> Får jag bygga?\n", ["Ja.", "Den 1 mars skrev Bo:", "Får jag bygga?"]),
        ("Den 1 mars skrev Bo:\n> Får jag bygga?\n\nJa.\n", ["Ja.", "Den 1 mars skrev Bo:", "Får jag bygga?"]),
        ("> Får jag bygga?\n\nJa.\n", ["Ja.", "Får jag bygga?"]),
        ("> Ett?\n\nSvar ett.\n\n> Två?\n\nSvar två.\n", ["Ett?", "Svar ett.", "Två?", "Svar två."]),
    ],
)
def test_what_is_quoted_comes_after_what_is_new(text: str, expected: list[str], workspace: Path) -> None:
    assert lines(taken(letter(text), workspace))[4:] == expected


def test_attachments_become_members_with_names_that_can_be_shown(workspace: Path) -> None:
    message = letter()
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="../Ritning på plan 1.pdf")
    message.add_attachment(b"%PDF-1.5", maintype="application", subtype="pdf", filename="Ritning på plan 1.pdf")
    message.add_attachment("anteckning", filename="rad\tett.txt")
    extract = taken(message, workspace)
    assert held(extract) == {
        "Ritning på plan 1.pdf": b"%PDF-1.4",
        "Ritning på plan 1 (2).pdf": b"%PDF-1.5",
        "rad ett.txt": b"anteckning\n",
    }
    assert {path.name for path in workspace.iterdir()} == {"member-0", "member-1", "member-2"}


def test_a_mail_may_be_nothing_but_its_attachments(workspace: Path) -> None:
    message = EmailMessage()
    message["From"] = "skanner@exempelby.se"
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="scan.pdf")
    assert held(taken(message, workspace)) == {"scan.pdf": b"%PDF-1.4"}


def test_pictures_in_the_text_are_no_members(workspace: Path) -> None:
    message = letter("Med vänlig hälsning")
    message.add_alternative("<p>Med vänlig hälsning</p><img src='cid:logo'>", subtype="html")
    message.add_attachment(b"PNG", maintype="image", subtype="png", filename="logo.png", cid="<logo>")
    message.add_attachment(b"JPG", maintype="image", subtype="jpeg", filename="foto.jpg")
    assert held(taken(message, workspace)) == {"foto.jpg": b"JPG"}


def test_an_enclosed_message_is_a_member_that_is_a_mail(workspace: Path) -> None:
    message = letter("Se bifogat.")
    message.add_attachment(letter("Det inre brevet."))
    extract = taken(message, workspace)
    assert [member.name for member in extract.members] == ["Ansökan om bygglov för Åkern 1_2.eml"]
    inner = read_mail(Original(extract.members[0].path, "inre.eml", EML, workspace=workspace))
    assert lines(inner)[-1] == "Det inre brevet."
    assert "Det inre brevet." not in extract.text


def test_what_only_outlook_can_open_is_refused_and_the_rest_goes_on(workspace: Path) -> None:
    message = letter()
    message.add_attachment(b"\x78\x9f\x3e\x22", maintype="application", subtype="ms-tnef", filename="winmail.dat")
    extract = taken(message, workspace)
    assert not extract.members
    assert [(finding.code, finding.count) for finding in extract.findings] == [(MEMBER_REFUSED, 1)]
    assert "Handlingarna bifogas." in extract.text


def test_an_invitation_says_what_when_and_where(workspace: Path) -> None:
    message = letter("")
    calendar = (
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Byggsamråd\\, Åkern\r\n"
        "DTSTART;TZID=Europe/Stockholm:20260309T090000\r\n"
        "LOCATION:Stads\r\n huset\r\nDESCRIPTION:Ta med ritningar.\\nVälkomna!\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    message.set_content(calendar, subtype="calendar")
    assert lines(taken(message, workspace))[4:] == [
        "Möte: Byggsamråd, Åkern",
        "Börjar: 2026-03-09 09:00",
        "Plats: Stadshuset",
        "Ta med ritningar. Välkomna!",
    ]


@pytest.mark.parametrize(
    "content_type",
    [
        'application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"',
        "application/x-pkcs7-mime; name=smime.p7m",
        'multipart/encrypted; protocol="application/pgp-encrypted"; boundary=x',
    ],
)
def test_an_encrypted_mail_says_so(content_type: str, workspace: Path) -> None:
    data = f"From: a@exempelby.se\nSubject: Hemligt\nContent-Type: {content_type}\n\n--x\n\nMIAG\n--x--\n".encode()
    with pytest.raises(Unprocessable) as error:
        taken(data, workspace)
    assert error.value.code == "document.encrypted"


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [("iso-8859-1", "cp1252"), ("utf-8", "cp1252"), ("nonsens", "utf-8"), ("us-ascii", "utf-8"), ("", "mac_roman")],
)
def test_a_charset_that_is_not_true_does_not_spoil_the_text(charset: str, encoding: str, workspace: Path) -> None:
    said = f"; charset={charset}" if charset else ""
    head = f"From: a@exempelby.se\nSubject: Lov\nContent-Type: text/plain{said}\nContent-Transfer-Encoding: 8bit\n\n"
    words = "Får jag bygga ett plank på ängen? Hälsningar från Åsa Öberg"
    assert lines(taken(head.encode() + words.encode(encoding), workspace))[-1] == words


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_a_subject_that_was_never_encoded_is_read(encoding: str, workspace: Path) -> None:
    data = "From: a@exempelby.se\nSubject: Överklagande från Åsa på ängen\n\nHej\n".encode(encoding)
    assert taken(data, workspace).title == "Överklagande från Åsa på ängen"


def test_a_mail_cut_off_in_its_middle_is_read_to_where_it_ends(workspace: Path) -> None:
    message = letter("Första delen.")
    message.add_attachment(b"%PDF-1.4" * 500, maintype="application", subtype="pdf", filename="a.pdf")
    assert "Första delen." in taken(message.as_bytes()[:900], workspace).text


def test_what_is_no_mail_says_so(workspace: Path) -> None:
    with pytest.raises(Unprocessable) as error:
        taken(b"\n\n", workspace)
    assert error.value.code == "file.unreadable"
