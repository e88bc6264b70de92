"""An authority's rows are taken whole or refused with the row that is wrong."""

from __future__ import annotations

import pytest

from allmanning.contracts.retrieve.v1.retrieve_pb import Synonym
from allmanning.retrieve.synonyms import OwnWords, checked_synonyms, own_words_of, version_of
from allmanning.runtime.errors import InvalidInput


def row(word: str, *words: str) -> Synonym:
    return Synonym(word=word, words=list(words))


def test_rows_are_kept_without_needless_space() -> None:
    given = [row(" dagis* ", "förskola", "  pedagogisk   omsorg "), row("e-tjänst", "självservice")]
    assert checked_synonyms(given) == [
        row("dagis*", "förskola", "pedagogisk omsorg"),
        row("e-tjänst", "självservice"),
    ]
    assert checked_synonyms([]) == []
    assert len(checked_synonyms([row(f"ord{number}", "x") for number in range(1_000)])) == 1_000


@pytest.mark.parametrize(
    "wrong",
    [
        row("", "förskola"),
        row("d", "förskola"),
        row("d*", "förskola"),
        row("*", "förskola"),
        row("d*gis", "förskola"),
        row("dagis**", "förskola"),
        row("två ord", "förskola"),
        row("dagis!", "förskola"),
        row("d" * 101, "förskola"),
        row("kiosk"),
        row("kiosk", ""),
        row("kiosk", "förskola", " "),
        row("kiosk", "..."),
        row("kiosk", "försk*"),
        row("kiosk", "f" * 101),
        row("kiosk", *["förskola"] * 21),
        row("DAGIS", "förskola"),
        row("dagis*", "förskola"),
    ],
)
def test_a_wrong_row_is_refused_by_its_number(wrong: Synonym) -> None:
    with pytest.raises(InvalidInput, match=r"Rad 2: .+ \(Row 2: ") as refused:
        checked_synonyms([row("dagis", "förskola"), wrong])
    assert refused.value.code == "synonyms.invalid"


def test_more_rows_than_a_thousand_are_refused() -> None:
    with pytest.raises(InvalidInput, match=r"synonyms\.invalid"):
        checked_synonyms([row(f"ord{number}", "x") for number in range(1_001)])


def test_the_version_is_of_what_the_rows_say() -> None:
    one, other = row("dagis", "förskola"), row("tippen", "återvinningscentral")
    assert version_of([one, other]) == version_of([other, one])
    assert len({version_of([one]), version_of([other]), version_of([row("dagis", "förskolan")]), version_of([])}) == 4
    assert own_words_of([]) == OwnWords()
    assert own_words_of([one]).version == version_of([one])
