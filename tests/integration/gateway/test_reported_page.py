"""Whoever owns a document sees what colleagues have reported of it, and says when it is dealt with."""

from __future__ import annotations


async def test_a_report_reaches_its_unit_and_is_settled(gateway):
    await gateway.put_document("altan", owner_unit="bygg")
    async with gateway.client("caseworker", unit="bygg") as reporter:
        made = await reporter.post(
            "/v1/reports", json={"document": "altan", "kind": "outdated", "text": "<b>Måttet</b> är 1,5 meter nu."}
        )
        assert made.status_code == 201

    async with gateway.signed_in("caseworker", unit="skola") as stranger:
        assert "är 1,5 meter nu." not in (await stranger.get("/review/reports")).text
        assert (await stranger.post(f"/review/reports/{made.json()['id']}", data={})).status_code == 404
    async with gateway.signed_in("caseworker", unit="bygg") as owner:
        page = (await owner.get("/review/reports")).text
        assert "&lt;b&gt;Måttet&lt;/b&gt; är 1,5 meter nu." in page
        done = await owner.post(f"/review/reports/{made.json()['id']}", data={"answer": "Rättat i dag."})
        assert done.status_code == 303
        assert "är 1,5 meter nu." not in (await owner.get("/review/reports")).text
        assert "Rättat i dag." in (await owner.get("/review/reports?settled=true")).text
    async with gateway.signed_in("auditor") as auditor:
        assert (await auditor.get("/review/reports")).status_code == 403
