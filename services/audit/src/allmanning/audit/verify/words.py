"""What the checks are called in a report for people."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from allmanning.audit.verify.report import Report, Status

TITLES: Final = MappingProxyType(
    {
        "archive": "ZIP-filen",
        "files": "Paketets filer",
        "manifest": "Förteckningen",
        "checkpoint": "Loggens underskrift",
        "vkey": "Loggens nyckel",
        "witnesses": "Vittnen",
        "root": "Posterna mot underskriften",
        "inclusion": "Beslutens poster",
        "receipt": "Kvittot",
        "certificate": "Intyget",
        "handover": "Från logg till logg",
        "earlier_checkpoint": "Din sparade kontrollpunkt",
        "records": "Posternas form",
        "ids": "Dubbletter",
        "counters": "Att inget saknas",
        "corrections": "Rättelser",
        "parts": "Innehåll som visas",
        "erasures": "Gallringar",
        "unexplained": "Innehåll som saknas",
        "pins": "Regler och andra texter",
        "rules": "Reglerna körda om",
        "reconciliation": "Frågor mot svar",
        "consistency": "Från början till slut",
    }
)
STATUSES: Final[dict[Status, str]] = {
    "ok": "stämmer",
    "failed": "stämmer inte",
    "unchecked": "gick inte att kontrollera",
    "untried": "inte prövat",
}
NOT_SHOWN: Final = (
    "Kontrollen visar att posterna är de som undertecknades, att ingen av dem saknas eller har ändrats, och att "
    "reglerna ger samma utfall igen. Den visar inte att uppgifterna var sanna när de skrevs in, att allt som hände "
    "skrevs in, eller att loggens ägare inte har fört en annan logg vid sidan av. Mot det sista hjälper vittnen, och "
    "att spara kontrollpunkten och jämföra den med andras."
)


def verdict(report: Report) -> str:
    """One sentence for the top of a report."""
    if report.ok:
        return "Allt stämmer."
    if report.exit_code == 1:
        wrong = sum(check.status == "failed" for check in report.checks)
        return f"Filen stämmer inte: {wrong} av {len(report.checks)} kontroller visar fel."
    return "Inget fel hittades, men allt gick inte att kontrollera."
