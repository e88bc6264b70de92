from __future__ import annotations

import pytest

from allmanning.index.language import detect


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Behöver jag bygglov för en altan?", "sv"),
        ("hur lang tid tar det att fa bygglov", "sv"),
        ("Altan?", "sv"),
        ("", "sv"),
        ("Do I need a permit for a deck?", "en"),
        ("What does boendeparkering cost per month?", "en"),
        ("Förutsättningar för omhändertagande", "sv"),
        ("Forutsattningar for omhandertagande", "sv"),
        ("De första fjorton dagarna", "sv"),
        ("Milloin kirjasto on auki?", "fi"),
        ("Kuinka korkea terassi saa olla ilman rakennuslupaa?", "fi"),
        ("Montako viikkoa minulla on aikaa valittaa päätöksestä?", "fi"),
        ("متى تفتح المكتبة؟", "ar"),
        ("کتابخانه چه وقت باز است؟", "fa"),
        ("Коли працює бібліотека?", "uk"),
        ("Wann ist die Bibliothek geöffnet?", "de"),
        ("Was kosten zehn kopierte Seiten aus einem öffentlichen Dokument?", "de"),
    ],
)
def test_the_language_is_told_by_script_or_small_words(text: str, language: str) -> None:
    assert detect(text) == language
