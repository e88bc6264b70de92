"""The menus: each page has one place, and nobody is shown what they may not see."""

from __future__ import annotations

import pytest

from allmanning.contracts.access.v1.access_pb import Role
from allmanning.gateway.menu import MENU, main_menu, part_menu


@pytest.mark.parametrize(
    ("path", "group", "page"),
    [
        ("/admin", "", "/admin"),
        ("/admin/documents", "Innehåll", "/admin/documents"),
        ("/admin/documents/a1", "Innehåll", "/admin/documents"),
        ("/admin/write/begin", "Innehåll", "/admin/gaps"),
        ("/admin/rules/edit", "Svar", "/admin/rules"),
        ("/admin/keys", "Åtkomst", "/admin/keys"),
        ("/admin/unknown", "", ""),
    ],
)
def test_a_page_of_an_administrator_stands_in_its_group(path, group, page):
    menu = part_menu(Role.ADMIN, path)

    assert menu is not None
    assert (menu.group.label if menu.group else "") == group
    assert (menu.page.path if menu.page else "") == page


def test_no_page_has_two_places_in_a_menu():
    pages = [each.path for entry in MENU for part in entry.within for each in (part.within or [part])]

    assert sorted(pages) == sorted(set(pages))
    for path in pages:
        assert [entry.path for entry in MENU if entry.path != "/" and entry.holds(path)] != []


def test_a_group_leads_to_its_first_page():
    groups = [each for entry in MENU for each in entry.within if each.within]

    assert groups
    assert [each.path for each in groups] == [each.within[0].path for each in groups]


@pytest.mark.parametrize("role", [Role.CITIZEN, Role.CASEWORKER, Role.AUDITOR])
def test_others_are_shown_no_administration(role):
    assert all(not each.path.startswith("/admin") for each in main_menu(role))
    assert part_menu(role, "/admin/documents") is None
