"""What a document says about itself, and what is made of it when that cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from allmanning.contracts.access.v1.access_pb import Secrecy
from allmanning.contracts.ingest.v1.ingest_pb import SubmitRequest
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion
from allmanning.ingest.metadata import completed
from allmanning.ingest.read.document import Extract
from allmanning.ingest.read.finding import HIDDEN_COMMENT, SECRECY_UNKNOWN, Finding
from allmanning.ingest.read.original import Original
from allmanning.ingest.submission import submitted
from allmanning.runtime.errors import InvalidInput
from tests.unit.ingest.files import read_bytes

ORIGINAL = Original(Path("a.md"), "a.md", "text/markdown", default_secrecy=Secrecy.OPEN)


def described(front: str, **said: object) -> tuple[DocumentVersion, Extract]:
    extract = read_bytes(f"---\n{front}\n---\nText.".encode(), "a.md", "text/markdown")
    return completed(DocumentVersion(**said), ORIGINAL, extract)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("front", "secrecy", "unknown"),
    [
        ("title: Taxa", Secrecy.OPEN, False),
        ("secrecy:", Secrecy.OPEN, False),
        ("secrecy: Intern", Secrecy.INTERNAL, False),
        ("secrecy: hemlig", Secrecy.SECRET, True),
        ("secrecy: 3", Secrecy.SECRET, True),
        ("secrecy: false", Secrecy.SECRET, True),
        ("secrecy: [open]", Secrecy.SECRET, True),
        ("secrecy: {class: open}", Secrecy.SECRET, True),
        # No YAML, and yet its author named a class.
        ("title: Taxa: avgifter\nsecrecy: open", Secrecy.SECRET, True),
        ("title: Taxa: avgifter", Secrecy.OPEN, False),
    ],
)
def test_a_class_that_the_document_names_and_nobody_knows_is_the_strictest(
    front: str, secrecy: Secrecy, unknown: bool
) -> None:
    version, extract = described(front)
    assert version.secrecy is secrecy
    assert [each.code for each in extract.findings] == [SECRECY_UNKNOWN] * unknown


def test_the_class_of_the_submit_comes_before_what_the_document_says() -> None:
    version, extract = described("secrecy: hemlig", secrecy=Secrecy.INTERNAL)
    assert version.secrecy is Secrecy.INTERNAL
    assert extract.findings == ()


def test_what_was_noticed_before_is_kept() -> None:
    extract = Extract("", "Text.", (), {"secrecy": "?"}, (Finding(HIDDEN_COMMENT),))
    _, told = completed(DocumentVersion(), ORIGINAL, extract)
    assert [each.code for each in told.findings] == [HIDDEN_COMMENT, SECRECY_UNKNOWN]


@pytest.mark.parametrize(
    ("written", "shared"), [("true", True), ("Ja", True), ("nej", False), ("kanske", False), ("[ja]", False)]
)
def test_only_a_clear_yes_shares(written: str, shared: bool) -> None:
    assert described(f"shared: {written}")[0].shared is shared


def test_a_class_that_nobody_knows_is_refused_when_it_is_submitted() -> None:
    request = SubmitRequest(
        authority="uddby", collection="regler", filename="a.md", object="ab" * 32, size_bytes=1, secrecy="hemlig"
    )
    with pytest.raises(InvalidInput, match=r"metadata\.invalid"):
        submitted(request, 10)
