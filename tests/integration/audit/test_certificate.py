"""A bundle that is chosen, and a certificate that is counted again, from a running service."""

from __future__ import annotations

import json

import pytest

from allmanning.audit.verify import verify
from allmanning.contracts.audit.v1.audit_pb import ExportRequest, ExportResponse
from allmanning.contracts.audit.v1.certificate_pb import CertifyRequest, CertifyResponse
from allmanning.runtime import subjects
from allmanning.runtime.errors import InvalidInput, NotFound
from allmanning.runtime.objects import Objects
from tests.integration.audit.asker import AUTHORITY, Asker

WHOLE_DECADE = {"start": "2020-01-01", "end": "2030-01-01"}


async def certified(asker: Asker, **period: str) -> CertifyResponse:
    request = CertifyRequest(authority=AUTHORITY, **period)
    return await asker.bus.call(subjects.AUDIT_CERTIFY, request, CertifyResponse)


async def bundle(asker: Asker, **asked: object) -> bytes:
    request = ExportRequest(authority=AUTHORITY, **asked)
    answer = await asker.bus.call(subjects.AUDIT_EXPORT, request, ExportResponse)
    return await Objects(asker.bus, "exports").get(answer.object)


async def test_a_certificate_of_a_period_is_counted_again_from_its_bundle(asker):
    await asker.seen(await asker.decide())
    made = await certified(asker, **WHOLE_DECADE)
    report = verify(made.certificate)
    assert report.ok, [each for each in report.checks if not each.ok]
    assert json.loads(made.certificate)["certificate"]["counts"]["questions"] == 1
    assert "Intyg" in made.page.decode()
    # That it was made is a record of its own, so the bundle is of the same records only when they are chosen by day.
    everything = await bundle(asker, **WHOLE_DECADE)
    assert verify(everything).ok


async def test_what_a_bundle_holds_can_be_chosen(asker):
    one, other = await asker.decide(), await asker.decide()
    await asker.seen(one)
    await asker.seen(other)
    excerpt = verify(await bundle(asker, decisions=[one], with_content=True))
    assert excerpt.ok
    assert (excerpt.decisions, excerpt.records) == (1, 3)
    opened = verify(await bundle(asker, with_content=True, parts=["input"]))
    assert opened.ok
    assert opened.counts["parts_closed"] > 0
    assert opened.counts["rules_run"] == opened.counts["evaluations"] == 2


@pytest.mark.parametrize(
    "asked",
    [{"start": "2026-01-01"}, {"start": "igår", "end": "2026-01-01"}, {"start": "2026-02-01", "end": "2026-01-01"}],
)
async def test_half_a_period_is_refused(asker, asked):
    await asker.seen(await asker.decide())
    with pytest.raises(InvalidInput, match=r"export\.scope"):
        await certified(asker, **asked)
    with pytest.raises(InvalidInput, match=r"export\.scope"):
        await bundle(asker, **asked)


async def test_a_period_without_records_is_not_found(asker):
    await asker.seen(await asker.decide())
    with pytest.raises(NotFound, match=r"log\.empty"):
        await certified(asker, start="2020-01-01", end="2020-02-01")
