"""What a search can be limited to, and how that is undone."""

from __future__ import annotations

from datetime import date

import pytest

from allmanning.gateway.keyring import Keyring
from allmanning.gateway.keys import put_authority
from allmanning.gateway.pages.caseworker.facets import facet_groups, limits_in_force
from allmanning.gateway.pages.caseworker.search_url import SearchUrl
from allmanning.gateway.pages.names import Names


@pytest.fixture
def names(tmp_path):
    keyring = Keyring(tmp_path)
    keyring.warm_up()
    put_authority(tmp_path, "exempelby", "Exempelby kommun")
    yield Names(keyring, "sv")
    keyring.close()


def counts(**values):
    return {facet: [{"value": value, "count": count} for value, count in given] for facet, given in values.items()}


def test_values_have_their_names_counts_and_the_search_they_lead_to(names):
    counted = counts(secrecy=[("open", 7), ("internal", 2)], authority=[("exempelby", 8), ("okänd", 1)])
    secrecy, authority = facet_groups(SearchUrl(q="altan"), counted, names)

    assert [(each.name, each.count, each.path) for each in secrecy.values] == [
        ("Öppen", 7, "/search?q=altan&secrecy=open"),
        ("Intern", 2, "/search?q=altan&secrecy=internal"),
    ]
    assert [each.name for each in authority.values] == ["Exempelby kommun", "okänd"]


def test_values_in_another_language(names):
    english = Names(names.keyring, "en")

    assert english.of("secrecy", "secret") == "Secret"
    assert english.of("collections", "Sök") == "Sök"


def test_a_facet_without_a_choice_is_left_out(names):
    counted = counts(collection=[("bygg", 7)], document_type=[("", 7), ("protokoll", 2)], media_type=[])

    assert list(facet_groups(SearchUrl(q="altan"), counted, names)) == []


def test_what_is_chosen_can_be_taken_away_also_when_nothing_has_it(names):
    url = SearchUrl(q="altan", collections=["skola"])
    [group] = facet_groups(url, counts(collection=[("bygg", 7)]), names)

    assert [(each.name, each.count, each.chosen) for each in group.values] == [("bygg", 7, False), ("skola", 0, True)]
    assert group.values[1].path == "/search?q=altan"


def test_every_limit_in_force_can_be_taken_away_by_itself(names):
    url = SearchUrl(
        q="altan", collections=["bygg"], documents=["d1"], secrecy=["open"], as_of=date(2026, 4, 1), page=3, cursor="x"
    )

    assert [(each.title, each.name) for each in limits_in_force(url, names)] == [
        ("Samling", "bygg"),
        ("Sekretessklass", "Öppen"),
        ("Dokument", "d1"),
        ("Så som det var den", "2026-04-01"),
    ]
    whole = "/search?q=altan&collections=bygg&documents=d1&secrecy=open&as_of=2026-04-01"
    assert [each.path for each in limits_in_force(url, names)] == [
        whole.replace(each, "") for each in ("&collections=bygg", "&secrecy=open", "&documents=d1", "&as_of=2026-04-01")
    ]
