"""What browsers are told with every response."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from allmanning.gateway.perimeter import Perimeter
from allmanning.gateway.settings import GatewaySettings


@pytest.mark.parametrize(
    ("settings", "scheme", "told"),
    [
        ({}, "http", None),
        ({}, "https", "max-age=31536000"),
        ({"public_url": "https://fraga.exempelby.se"}, "http", "max-age=31536000"),
        ({"public_url": "http://fraga.exempelby.se"}, "http", None),
        ({"public_url": "https://fraga.exempelby.se", "hsts_days": 1}, "http", "max-age=86400"),
        ({"public_url": "https://fraga.exempelby.se", "hsts_days": 0}, "https", None),
    ],
)
def test_browsers_are_told_to_come_over_https_alone_where_people_do(settings, scheme, told) -> None:
    app = Perimeter(Starlette(), GatewaySettings.model_validate(settings))

    answer = TestClient(app, base_url=f"{scheme}://127.0.0.1").get("/")

    assert answer.headers.get("strict-transport-security") == told
    assert "default-src 'none'" in answer.headers["content-security-policy"]
