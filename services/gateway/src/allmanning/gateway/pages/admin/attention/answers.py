"""What the rules, and the decisions on where the service may answer, need."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from fastapi import Request

from allmanning.contracts.audit.v1.rules_pb import ShowRulesRequest, ShowRulesResponse
from allmanning.gateway.api import deployments as api
from allmanning.gateway.asker import Asker
from allmanning.gateway.language import marked
from allmanning.gateway.pages.admin.attention.matter import Matter, counted
from allmanning.gateway.parts import Parts
from allmanning.gateway.reviewing import Reviewing
from allmanning.runtime import subjects
from allmanning.runtime.swedish_day import today

_PATH: Final = "/admin/deployments"
# Long enough for a board to meet and decide again.
_ENDING_DAYS: Final = 30


async def rules(asker: Asker, parts: Parts) -> list[Matter]:
    """Tables that somebody has proposed and nobody has settled."""
    shown = await parts.bus.call(
        subjects.AUDIT_SHOW_RULES, ShowRulesRequest(authority=asker.principal.authority), ShowRulesResponse
    )
    return counted(
        [
            Matter(
                "/admin/rules",
                "soon",
                sum(each.state == "proposed" for each in shown.versions),
                marked("1 förslag till regler väntar på en andra person"),
                marked("{count} förslag till regler väntar på en andra person"),
                marked("Förslaget gäller inte förrän någon annan än den som skrev det har godkänt det."),
            )
        ]
    )


async def deployments(request: Request, asker: Asker, parts: Parts) -> list[Matter]:
    """Where the service may answer by itself: what waits, what is stopped, what ends."""
    return of_deployments(await api.deployments(request, asker, parts), today())


def of_deployments(known: api.DeploymentsOut, day: date) -> list[Matter]:
    """What the decisions and stops say on a day."""
    last = (day + timedelta(days=_ENDING_DAYS)).isoformat()
    decided = known["deployments"]
    in_force = [each for each in decided if each["in_force"]]
    return counted(
        [
            Matter(
                _PATH,
                "now",
                sum(not each["resumed_at"] for each in known["stops"]),
                marked("Automatiska svar är stoppade"),
                marked("{count} stopp av automatiska svar gäller"),
                marked("En handläggare läser varje svar först, tills någon låter tjänsten svara igen."),
            ),
            Matter(
                _PATH,
                "now",
                not in_force,
                marked("Tjänsten får inte svara själv någonstans"),
                "",
                marked("Varje svar läses av en handläggare först, tills två personer har beslutat om ibruktagande."),
            ),
            Matter(
                _PATH,
                "now",
                sum(each["rules_changed"] for each in in_force),
                marked("Reglerna har ändrats sedan ett ibruktagande beslutades"),
                marked("Reglerna har ändrats sedan {count} ibruktaganden beslutades"),
                marked("Besluta om det igen, så att det gäller de regler som finns nu."),
            ),
            Matter(
                _PATH,
                "soon",
                sum(each["state"] == "proposed" for each in decided),
                marked("1 ibruktagande väntar på en andra person"),
                marked("{count} ibruktaganden väntar på en andra person"),
                marked("Det gäller inte förrän någon annan än den som föreslog det har godkänt det."),
            ),
            Matter(
                _PATH,
                "soon",
                sum(bool(each["valid_to"]) and each["valid_to"] <= last for each in in_force),
                marked("1 ibruktagande slutar att gälla inom 30 dagar"),
                marked("{count} ibruktaganden slutar att gälla inom 30 dagar"),
                marked("Besluta om ett nytt i tid, annars väntar svaren på en handläggare."),
            ),
        ]
    )


async def reviews(asker: Asker, parts: Parts) -> list[Matter]:
    """Drafts and conversations that wait for a person."""
    found = await Reviewing(parts, asker.principal).listed(limit=1)
    return counted(
        [
            Matter(
                "/review",
                "soon",
                found.waiting,
                marked("1 ärende väntar på en handläggare"),
                marked("{count} ärenden väntar på en handläggare"),
                marked("Någon väntar på svar. Se efter att det finns kollegor som kan ta dem."),
            )
        ]
    )
