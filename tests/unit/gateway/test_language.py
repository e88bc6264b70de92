"""Swedish first, English second, and nothing untranslated."""

from __future__ import annotations

import ast
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.extract import extract
from starlette.datastructures import Headers

from allmanning.gateway.api.grounds import NOTICE
from allmanning.gateway.field_problems import FIELD_MESSAGES
from allmanning.gateway.language import api_language, english, error_message, page_language, translate
from allmanning.gateway.pages import names
from allmanning.gateway.pages.admin import document_words
from allmanning.gateway.pages.timeline import LABELS, TITLES, VALUES

SOURCE = Path(str(files("allmanning.gateway")))


def template_texts() -> set[str]:
    texts: set[str] = set()
    for path in (SOURCE / "web" / "templates").rglob("*.html"):
        with path.open("rb") as lines:
            options = {"extensions": "jinja2.ext.do", "silent": "false"}
            found = extract("jinja2.ext:babel_extract", lines, keywords={"_": None}, options=options)
            # Calls with values come as (text, None, …).
            texts |= {text if isinstance(text, str) else text[0] for _, text, _, _ in found}
    return texts


def code_texts() -> set[str]:
    texts = {NOTICE, *TITLES.values(), *LABELS.values(), *FIELD_MESSAGES.values()}
    texts |= {word for words in (*VALUES.values(), *names.WORDS.values()) for word in words.values()}
    texts |= set(names.TITLES.values())
    for words in (document_words.STATES, document_words.COUNTED, document_words.MEANINGS, document_words.FINDINGS):
        texts |= set(words.values())
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"translate", "marked"}:
                text = node.args[0]
                if isinstance(text, ast.Constant):
                    texts.add(text.value)
    return texts


def test_every_text_has_its_english():
    texts = template_texts() | code_texts()

    assert len(texts) > 80
    assert [text for text in sorted(texts) if ("", text) not in english()] == []


def test_the_catalogue_holds_nothing_that_is_no_longer_said():
    said = template_texts() | code_texts()

    assert [text for context, text in english() if not context and text not in said] == []


def test_translations_keep_their_values():
    import re

    for (context, text), translated in english().items():
        if not context:
            assert set(re.findall(r"{(\w+)}", text)) == set(re.findall(r"{(\w+)}", translated)), text


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "sv"),
        ("en", "en"),
        ("en-GB,en;q=0.9,sv;q=0.8", "en"),
        ("sv-SE,en;q=0.9", "sv"),
        ("de,fr;q=0.5", "sv"),
        ("en;q=0.2,sv;q=0.9", "sv"),
        ("en;q=x,sv", "sv"),
        (";;,,", "sv"),
    ],
)
def test_api_language_follows_accept_language(header, language):
    assert api_language(Headers({"accept-language": header})) == language


def test_page_language_is_chosen_then_remembered_then_swedish():
    cookie = Headers({"cookie": "lang=en; session=x"})

    assert page_language({}, Headers({"accept-language": "en"})) == "sv"
    assert page_language({}, cookie) == "en"
    assert page_language({"lang": "sv"}, cookie) == "sv"
    assert page_language({"lang": "xx"}, cookie) == "en"


def test_braces_in_a_question_do_no_harm():
    assert translate("{hej", "sv") == "{hej"


def test_an_error_without_a_translation_of_its_own_is_told_by_its_code():
    assert error_message("document.encrypted", "PDF-filen är låst.", "en") == "The document is locked."
    assert error_message("of.another.release", "PDF-filen är låst.", "en") == "PDF-filen är låst."


@pytest.mark.parametrize(
    ("message", "swedish", "english"),
    [
        ("Rad 2 är tom. (Row 2 is empty.)", "Rad 2 är tom.", "Row 2 is empty."),
        ("Rad 2 (dagis) är tom. (Row 2 (dagis) is empty.)", "Rad 2 (dagis) är tom.", "Row 2 (dagis) is empty."),
        ("Filen är låst (PDF).", "Filen är låst (PDF).", "Filen är låst (PDF)."),
    ],
)
def test_a_message_in_both_languages_is_told_in_one(message, swedish, english):
    assert error_message("of.another.release", message, "sv") == swedish
    assert error_message("of.another.release", message, "en") == english


def test_the_catalogues_own_english_goes_before_a_services():
    message = "Sidmarkören hör inte hit. (Wrong cursor.)"

    assert error_message("cursor.invalid", message, "en").startswith("This page of results")
    assert error_message("cursor.invalid", message, "sv") == "Sidmarkören hör inte hit."
