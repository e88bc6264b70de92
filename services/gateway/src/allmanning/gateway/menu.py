"""What a signed-in person can go to: the main menu, and the menu within a part of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from allmanning.contracts.access.v1.access_pb import Role
from allmanning.gateway.asker import STAFF
from allmanning.gateway.language import marked

_READERS: Final = (Role.AUDITOR, Role.ADMIN)
_REVIEWERS: Final = (Role.CASEWORKER, Role.ADMIN)


@dataclass(frozen=True)
class Entry:
    """A page in a menu, for those with one of `roles`; `below` is the path that all of its part begins with, and of
    what lies below an `alone` page, nothing belongs to it.
    """

    path: str
    label: str
    roles: Sequence[Role]
    below: str = ""
    within: Sequence[Entry] = ()
    alone: bool = False

    def holds(self, path: str) -> bool:
        """Whether the page at `path` belongs here."""
        root = self.below or self.path
        return path == root or (root != "/" and not self.alone and path.startswith(root + "/"))


MENU: Final[Sequence[Entry]] = (
    Entry("/", marked("Fråga"), (Role.CITIZEN, *STAFF)),
    Entry("/search", marked("Sök"), STAFF),
    Entry(
        "/review",
        marked("Granska"),
        _REVIEWERS,
        within=(
            Entry("/review", marked("Att granska"), _REVIEWERS, alone=True),
            Entry("/review/sent", marked("Mina utkast"), _REVIEWERS),
            Entry("/review/reports", marked("Anmälda dokument"), _REVIEWERS),
            Entry("/review/own", marked("Din granskning"), (Role.CASEWORKER,)),
        ),
    ),
    Entry(
        "/log",
        marked("Beslutslogg"),
        _READERS,
        within=(
            Entry("/log", marked("Översikt"), _READERS, alone=True),
            Entry("/log/decisions", marked("Sök beslut"), _READERS),
            Entry("/log/lint", marked("Formkrav"), _READERS),
            Entry("/log/replay", marked("Prova regler"), _READERS),
            Entry("/log/recalls", marked("Återkallelser"), _READERS),
            Entry("/log/samples", marked("Stickprov"), _READERS),
            Entry("/log/oversight", marked("Tillsyn"), _READERS),
            Entry("/log/controls", marked("Loggkontroll"), _READERS),
            Entry("/log/contests", marked("Omprövning"), _READERS),
            Entry("/log/disclosures", marked("Utlämnande"), _READERS),
            Entry("/log/retention", marked("Gallring"), _READERS),
            Entry("/log/certificates", marked("Intyg"), _READERS),
            Entry("/log/registers", marked("Register"), _READERS),
        ),
    ),
    Entry(
        "/admin/documents",
        marked("Administrera"),
        (Role.ADMIN,),
        below="/admin",
        within=(
            Entry("/admin/documents", marked("Dokument"), (Role.ADMIN,)),
            Entry("/admin/gaps", marked("Luckor"), (Role.ADMIN,)),
            Entry("/admin/sources", marked("Källor"), (Role.ADMIN,)),
            Entry("/admin/collections", marked("Samlingar"), (Role.ADMIN,)),
            Entry("/admin/rules", marked("Regler"), (Role.ADMIN,)),
            Entry("/admin/deployments", marked("Ibruktagande"), (Role.ADMIN,)),
            Entry("/admin/synonyms", marked("Ord"), (Role.ADMIN,)),
            Entry("/admin/setup", marked("Modell och prompt"), (Role.ADMIN,)),
            Entry("/admin/evaluations", marked("Mätningar"), (Role.ADMIN,)),
            Entry("/admin/health", marked("Hälsa"), (Role.ADMIN,)),
            Entry("/admin/users", marked("Användare"), (Role.ADMIN,)),
            Entry("/admin/keys", marked("API-nycklar"), (Role.ADMIN,)),
            Entry("/admin/widget", marked("Chatt på webben"), (Role.ADMIN,)),
        ),
    ),
)


def main_menu(role: Role) -> list[Entry]:
    """What stands in the main menu for `role`."""
    return [each for each in MENU if role in each.roles]


def part_menu(role: Role, path: str) -> list[Entry]:
    """What stands in the menu of the part that `path` belongs to; empty when it has one page."""
    part = next((each for each in MENU if each.holds(path)), None)
    within = [each for each in part.within if role in each.roles] if part else []
    return within if len(within) > 1 else []
