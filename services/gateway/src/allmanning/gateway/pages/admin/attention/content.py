"""What the documents and their sources need."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from allmanning.contracts.audit.v1.inspection_pb import CountDecisions
from allmanning.contracts.ingest.v1.ingest_pb import ListRequest, ListResponse, QueueRequest, QueueResponse
from allmanning.gateway.api import sources as sources_api
from allmanning.gateway.asker import Asker
from allmanning.gateway.desk import Desk
from allmanning.gateway.language import marked
from allmanning.gateway.pages.admin.attention.matter import Matter, counted
from allmanning.gateway.pages.auditor.reports import asked, counts_in
from allmanning.gateway.parts import Parts
from allmanning.gateway.reports import Reports
from allmanning.gateway.shapes import STATES
from allmanning.runtime import subjects
from allmanning.runtime.swedish_day import today

_STATE: Final = "/admin/documents?state="
_GAP_DAYS: Final = 7
_MOST_REPORTS: Final = 200


async def documents(asker: Asker, parts: Parts) -> list[Matter]:
    """Those that were not taken in, those that should be looked through, and a register that is empty."""
    authority = asker.principal.authority
    found = await parts.bus.call(subjects.INGEST_QUEUE, QueueRequest(authority=authority), QueueResponse)
    due = await parts.bus.call(
        subjects.INGEST_LIST, ListRequest(authority=authority, limit=1, review_due=today().isoformat()), ListResponse
    )
    return of_documents({STATES.get(each.state, ""): each.documents for each in found.counts}, due.total, found.paused)


def of_documents(by_state: dict[str, int], due: int, paused: bool) -> list[Matter]:
    """What the counts by state say."""
    return counted(
        [
            Matter(
                "/admin/documents",
                "now",
                not any(by_state.values()),
                marked("Här finns inga dokument än"),
                "",
                marked("Utan dokument får ingen svar. Lägg till de första, så går de att fråga om efter någon minut."),
            ),
            Matter(
                _STATE + "failed",
                "now",
                by_state.get("failed", 0),
                marked("1 dokument misslyckades"),
                marked("{count} dokument misslyckades"),
                marked("Något utanför dokumenten gick fel. Kör dem igen när felet är avhjälpt."),
            ),
            Matter(
                _STATE + "held",
                "now",
                by_state.get("held", 0),
                marked("1 dokument hålls kvar för personuppgifter"),
                marked("{count} dokument hålls kvar för personuppgifter"),
                marked("Ingen hittar dem förrän du har bestämt vad som ska täckas över eller släppas igenom."),
            ),
            Matter(
                _STATE + "rejected",
                "soon",
                by_state.get("rejected", 0),
                marked("1 dokument avvisades"),
                marked("{count} dokument avvisades"),
                marked("Filerna går inte att läsa som de är. Varje dokument säger varför och vad du kan göra."),
            ),
            Matter(
                _STATE + "needs_ocr",
                "soon",
                by_state.get("needs_ocr", 0),
                marked("1 dokument är bilder av text"),
                marked("{count} dokument är bilder av text"),
                marked("De läses när textigenkänning finns på servern."),
            ),
            Matter(
                "/admin/documents",
                "soon",
                paused,
                marked("Inläsningen är pausad"),
                "",
                marked("Nya dokument väntar tills någon låter den fortsätta."),
            ),
            Matter(
                "/admin/documents?due=true",
                "soon",
                due,
                marked("1 dokument skulle ha granskats"),
                marked("{count} dokument skulle ha granskats"),
                marked("Se efter om de fortfarande gäller, eller byt ut dem."),
            ),
        ]
    )


async def reports(asker: Asker, parts: Parts) -> list[Matter]:
    """Documents that colleagues have told are wrong."""
    found = await Reports(Desk(parts.settings.data_dir)).listed(asker.principal, limit=_MOST_REPORTS)
    return counted(
        [
            Matter(
                "/review/reports",
                "soon",
                len(found),
                marked("1 dokument är anmält som fel eller inaktuellt"),
                marked("{count} anmälningar om fel eller inaktuella dokument"),
                marked("En kollega har hittat något som inte stämmer. Rätta dokumentet och säg vad ni har gjort."),
            )
        ]
    )


async def sources(asker: Asker, parts: Parts) -> list[Matter]:
    """Sources whose last run could not go on."""
    known = await sources_api.sources(asker, parts)
    broken = [each["id"] for each in known["sources"] if each["last"] and each["last"]["code"]]
    return counted(
        [
            Matter(
                "/admin/sources",
                "soon",
                len(broken),
                marked("Källan {names} gick inte att hämta"),
                marked("{count} källor gick inte att hämta: {names}"),
                marked("Ändringar där syns inte i svaren förrän hämtningen fungerar."),
                ", ".join(broken),
            )
        ]
    )


async def gaps(asker: Asker, parts: Parts) -> list[Matter]:
    """Questions of the last week that ended without an answer in the documents."""
    since = (today() - timedelta(days=_GAP_DAYS)).isoformat()
    outcomes = counts_in(await asked(parts, asker, "count", CountDecisions(from_=since)), "outcomes")
    return counted(
        [
            Matter(
                "/admin/gaps",
                "soon",
                outcomes.get("abstained", 0),
                marked("1 fråga saknade svar den senaste veckan"),
                marked("{count} frågor saknade svar den senaste veckan"),
                marked("Se vad de gällde, och skriv det dokument som fattas."),
            )
        ]
    )
