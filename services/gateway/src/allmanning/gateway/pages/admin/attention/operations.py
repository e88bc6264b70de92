"""What the running of the service, and access to it, need."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Final

from allmanning.gateway.api import load as load_api
from allmanning.gateway.asker import Asker
from allmanning.gateway.keys import Key
from allmanning.gateway.language import marked
from allmanning.gateway.pages.admin.attention.matter import Matter, counted
from allmanning.gateway.parts import Parts
from allmanning.gateway.roll_call import roll_call
from allmanning.runtime.swedish_day import today

# From here on somebody has time to ask for more before the day's budget is spent.
_NEAR: Final = 0.8
_UNUSED_DAYS: Final = 90


async def services(_asker: Asker, parts: Parts) -> list[Matter]:
    """Services that do not answer."""
    expected = [name for name in parts.settings.expected_services.split(",") if name]
    answered = await roll_call(parts.bus, expected)
    missing = expected if answered is None else [each for each in expected if not answered.get(each)]
    return counted(
        [
            Matter(
                "/admin/health",
                "now",
                len(missing),
                marked("Tjänsten {names} svarar inte"),
                marked("{count} tjänster svarar inte: {names}"),
                marked("Tala med driften. Det som tagits emot väntar och görs klart när de är i gång igen."),
                ", ".join(missing),
            )
        ]
    )


async def quota(asker: Asker, parts: Parts) -> list[Matter]:
    """A day's budget that is nearly spent, or spent."""
    load = await load_api.load(asker, parts)
    return of_quota(load["tokens_used"], load["tokens_per_day"])


def of_quota(used: int, per_day: int | None) -> list[Matter]:
    """What use and limit (None: there is none) say, in tokens of one day."""
    if per_day is None or used < per_day * _NEAR:
        return []
    if used >= per_day:
        return [
            Matter(
                "/admin/quotas",
                "now",
                1,
                marked("Dagens kvot är slut"),
                "",
                marked("Språkmodellen svarar inte mer i dag. Be den som driver plattformen om en större kvot."),
            )
        ]
    return [
        Matter(
            "/admin/quotas",
            "soon",
            1,
            marked("Dagens kvot är snart slut"),
            "",
            marked("Mer än fyra femtedelar är förbrukat. Räcker det inte dagen ut, behövs en större kvot."),
        )
    ]


async def keys(asker: Asker, parts: Parts) -> list[Matter]:
    """Keys that nobody uses."""
    return of_keys(parts.keyring.keys(asker.principal.authority), today())


def of_keys(known: list[Key], day: date) -> list[Matter]:
    """What the keys in use say on a day."""
    since = (day - timedelta(days=_UNUSED_DAYS)).isoformat()
    return counted(
        [
            Matter(
                "/admin/keys",
                "soon",
                sum((each.used_on or each.created_at) < since for each in known),
                marked("1 API-nyckel har inte använts på 90 dagar"),
                marked("{count} API-nycklar har inte använts på 90 dagar"),
                marked("Avsluta dem som inte behövs: en nyckel som ingen saknar är bara en risk."),
            )
        ]
    )


async def webhooks(asker: Asker, parts: Parts) -> list[Matter]:
    """Receivers that are told nothing more, since none of their messages got through."""
    known = await asyncio.to_thread(parts.webhooks.hooks.of, asker.principal.authority)
    return counted(
        [
            Matter(
                "/admin/webhooks",
                "soon",
                sum(each.state == "disabled" and bool(each.failing_since) for each in known),
                marked("1 webhook är avstängd för att mottagaren inte svarade"),
                marked("{count} webhookar är avstängda för att mottagarna inte svarade"),
                marked("Det andra systemet får inte veta vad som händer. Rätta adressen och slå på den igen."),
            )
        ]
    )
