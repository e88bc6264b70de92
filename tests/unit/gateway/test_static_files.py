"""What pages load: kept for good under the release's address, asked for again under the plain one."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from allmanning.gateway.rendering import ReleasedPaths
from allmanning.gateway.static_files import ROOT, release, static_files


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(Starlette(routes=[Mount(ROOT, static_files())]))


@pytest.mark.parametrize("path", ["base.css", "admin/documents.js", "proof/bytes.js"])
def test_a_file_of_this_release_is_kept_for_good(client, path):
    answer = client.get(f"{ROOT}/~{release()}/{path}")
    again = client.get(f"{ROOT}/~{release()}/{path}", headers={"If-None-Match": answer.headers["etag"]})

    assert answer.status_code == 200
    assert {each.headers["cache-control"] for each in (answer, again)} == {"public, max-age=31536000, immutable"}
    assert again.status_code == 304


def test_another_releases_address_gets_what_there_is_and_keeps_it_not(client):
    answer = client.get(f"{ROOT}/~{'0' * 16}/base.css")

    assert answer.text == client.get(f"{ROOT}/base.css").text
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["nothing.css", "../app.py", "%2e%2e/app.py", "proof/../../app.py"])
def test_what_is_missing_is_not_kept(client, path):
    answer = client.get(f"{ROOT}/~{release()}/{path}")

    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("cache-control", "")


def test_no_script_or_style_leads_out_of_the_release_that_loads_it():
    """An absolute path would bring another release's file beside this one's, and be asked for each time."""
    folder = Path(str(files("allmanning.gateway") / "web" / "static"))
    absolute = re.compile(r"""(?:\bfrom\s*|\bimport\s*\(?|\burl\()\s*["']/static/""")

    assert [each.name for each in folder.rglob("*.*s") if absolute.search(each.read_text("utf-8"))] == []


def test_a_compiled_template_names_the_release():
    source = '<link href="/static/base.css"><script type="module" src="/static/a/b.js"></script>'
    named = re.findall(r'"([^"]+\.(?:css|js))"', ReleasedPaths.preprocess(ReleasedPaths, source, "page.html"))

    assert named == [f"/static/~{release()}/base.css", f"/static/~{release()}/a/b.js"]
