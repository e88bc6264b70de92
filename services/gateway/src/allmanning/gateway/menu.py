"""What a signed-in person can go to: the main menu, and the menu within a part of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from allmanning.contracts.access.v1.access_pb import Role
from allmanning.gateway.asker import STAFF
from allmanning.gateway.language import marked

_READERS: Final = (Role.AUDITOR, Role.ADMIN)
_REVIEWERS: Final = (Role.CASEWORKER, Role.ADMIN)
_ADMIN: Final = (Role.ADMIN,)


@dataclass(frozen=True)
class Entry:
    """A page in a menu, for those with one of `roles`.

    `within` are the pages of its part. Those of a part may stand in groups: then a group is an entry too, which leads
    to its first page. Of what lies below an `alone` page, nothing belongs to it; what is in `also` belongs to it though
    it lies elsewhere.
    """

    path: str
    label: str
    roles: Sequence[Role]
    within: Sequence[Entry] = ()
    alone: bool = False
    also: Sequence[str] = ()

    def holds(self, path: str) -> bool:
        """Whether the page at `path` belongs here."""
        return self._own(path) or any(each.holds(path) for each in self.within)

    def _own(self, path: str) -> bool:
        below = self.path != "/" and not self.alone
        return any(path == root or (below and path.startswith(root + "/")) for root in (self.path, *self.also))

    def pages(self) -> Iterator[Entry]:
        """It, and every page within it."""
        yield self
        for each in self.within:
            yield from each.pages()

    def for_role(self, role: Role) -> Sequence[Entry]:
        """The pages within it that `role` may see."""
        return [each for each in self.within if role in each.roles]


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
            Entry(
                "/log/decisions",
                marked("Hitta"),
                _READERS,
                within=(
                    Entry("/log/decisions", marked("Sök beslut"), _READERS),
                    Entry("/log/like-cases", marked("Lika fall"), _READERS),
                ),
            ),
            Entry(
                "/log/lint",
                marked("Pröva"),
                _READERS,
                within=(
                    Entry("/log/lint", marked("Formkrav"), _READERS),
                    Entry("/log/samples", marked("Stickprov"), _READERS),
                    Entry("/log/replay", marked("Prova regler"), _READERS),
                    Entry("/log/recalls", marked("Återkallelser"), _READERS),
                ),
            ),
            Entry(
                "/log/oversight",
                marked("Följa upp"),
                _READERS,
                within=(
                    Entry("/log/oversight", marked("Tillsyn"), _READERS),
                    Entry("/log/use", marked("Användning"), _READERS),
                    Entry("/log/controls", marked("Loggkontroll"), _READERS),
                    Entry("/log/contests", marked("Omprövning"), _READERS),
                ),
            ),
            Entry(
                "/log/disclosures",
                marked("Lämna ut och gallra"),
                _READERS,
                within=(
                    Entry("/log/disclosures", marked("Utlämnande"), _READERS),
                    Entry("/log/retention", marked("Gallring"), _READERS, also=("/log/erasures", "/log/reports")),
                ),
            ),
            Entry(
                "/log/certificates",
                marked("Redovisa"),
                _READERS,
                within=(
                    Entry("/log/certificates", marked("Intyg"), _READERS, also=("/log/seal",)),
                    Entry("/log/registers", marked("Register"), _READERS),
                ),
            ),
        ),
    ),
    Entry(
        "/admin",
        marked("Administrera"),
        _ADMIN,
        within=(
            Entry("/admin", marked("Att göra"), _ADMIN, alone=True),
            Entry(
                "/admin/documents",
                marked("Innehåll"),
                _ADMIN,
                within=(
                    Entry("/admin/documents", marked("Dokument"), _ADMIN),
                    Entry("/admin/gaps", marked("Luckor"), _ADMIN, also=("/admin/write",)),
                    Entry("/admin/sources", marked("Källor"), _ADMIN),
                    Entry("/admin/collections", marked("Samlingar"), _ADMIN),
                    Entry("/admin/synonyms", marked("Ord"), _ADMIN),
                ),
            ),
            Entry(
                "/admin/rules",
                marked("Svar"),
                _ADMIN,
                within=(
                    Entry("/admin/rules", marked("Regler"), _ADMIN),
                    Entry("/admin/deployments", marked("Ibruktagande"), _ADMIN),
                    Entry("/admin/setup", marked("Modell och prompt"), _ADMIN),
                    Entry("/admin/evaluations", marked("Mätningar"), _ADMIN),
                ),
            ),
            Entry(
                "/admin/health",
                marked("Drift"),
                _ADMIN,
                within=(
                    Entry("/admin/health", marked("Hälsa"), _ADMIN),
                    Entry("/admin/quotas", marked("Kvoter"), _ADMIN),
                ),
            ),
            Entry(
                "/admin/users",
                marked("Åtkomst"),
                _ADMIN,
                within=(
                    Entry("/admin/users", marked("Användare"), _ADMIN),
                    Entry("/admin/keys", marked("API-nycklar"), _ADMIN),
                    Entry("/admin/webhooks", marked("Webhookar"), _ADMIN),
                    Entry("/admin/widget", marked("Chatt på webben"), _ADMIN),
                ),
            ),
        ),
    ),
)


def main_menu(role: Role) -> list[Entry]:
    """What stands in the main menu for `role`."""
    return [each for each in MENU if role in each.roles]


@dataclass(frozen=True)
class PartMenu:
    """The menu of a part, for one role, at one page: its `entries`, and which `group` and which `page` one is in."""

    entries: Sequence[Entry]
    group: Entry | None
    page: Entry | None


def part_menu(role: Role, path: str) -> PartMenu | None:
    """The menu of the part that `path` belongs to; None when it has one page for that role."""
    part = next((each for each in MENU if each.holds(path)), None)
    entries = part.for_role(role) if part else []
    if len(entries) <= 1:
        return None
    here = next((each for each in entries if each.holds(path)), None)
    if here is None or not here.within:
        return PartMenu(entries, None, here)
    return PartMenu(entries, here, next((each for each in here.for_role(role) if each.holds(path)), None))
