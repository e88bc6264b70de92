"""Bad input gets a clear error with a stable code, and nothing is half done."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from pypdf import PdfWriter

from tests.platform_node import Platform


def upload(platform: Platform, key: str, name: str, content: bytes) -> tuple[int, str]:
    with platform.http(key) as client:
        answer = client.post(
            "/v1/documents", files={"file": (name, content)}, data={"collection": "fel", "secrecy": "open"}
        )
        body = answer.json()
        return answer.status_code, body.get("error", {}).get("code", "")


@pytest.mark.parametrize(
    ("name", "content", "status", "code"),
    [
        ("tom.pdf", b"", 400, "file.empty"),
        ("program.exe", b"MZ\x90\x00\x03" * 50, 415, "file.type_unknown"),
    ],
)
def test_a_file_that_can_not_be_taken_is_refused_at_once(
    demo: Platform, keys: dict[str, str], name: str, content: bytes, status: int, code: str
) -> None:
    assert upload(demo, keys["admin"], name, content) == (status, code)
    with demo.http(keys["admin"]) as client:
        assert client.get("/v1/documents", params={"collection": "fel"}).json()["documents"] == []


def encrypted_pdf() -> bytes:
    document = PdfWriter()
    document.add_blank_page(width=200, height=200)
    document.encrypt("hemligt", algorithm="AES-256")
    out = io.BytesIO()
    document.write(out)
    return out.getvalue()


def test_an_encrypted_pdf_is_rejected_with_its_reason(demo: Platform, tmp_path: Path) -> None:
    (tmp_path / "hemlig.pdf").write_bytes(encrypted_pdf())
    done = demo.run("ingest", "--authority", "felby", "--collection", "fel", str(tmp_path))
    assert done.returncode == 1
    assert '"document.encrypted"' in done.stdout


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{not json", "json.malformed"),
        (b'{"messages": [{"role": "user", "content": "   "}]}', "question.empty"),
        (b'{"messages": []}', "field.invalid"),
        (b'{"messages": [{"role": "user", "content": "' + b"x" * 100_000 + b'"}]}', "question.too_long"),
    ],
)
def test_a_question_that_is_no_question_is_refused(
    demo: Platform, keys: dict[str, str], body: bytes, code: str
) -> None:
    with demo.http(keys["citizen"]) as client:
        answer = client.post("/v1/chat/completions", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert answer.json()["error"]["message"]


async def test_a_question_of_20_000_characters_is_told_how_long_it_may_be_whichever_way_it_comes(
    demo: Platform, keys: dict[str, str]
) -> None:
    question, site = "å" * 20_000, "https://www.exempelby.se"
    asked: dict[str, dict[str, Any]] = {
        "api": {"url": "/v1/chat/completions", "json": {"messages": [{"role": "user", "content": question}]}},
        "page": {"url": "/?authority=exempelby", "data": {"question": question}},
    }
    with demo.http(keys["admin"]) as admin, demo.http(keys["citizen"]) as client:
        channel = admin.post("/v1/channels", json={"origins": [site]}).json()
        asked["widget"] = {"url": "/widget/ask", "data": {"key": channel["key"], "question": question}}
        for language, words in (("sv", "tecken"), ("en", "characters")):
            headers = {"Accept-Language": language, "Cookie": f"lang={language}", "Origin": site}
            asked["widget"]["data"]["lang"] = language
            for way, call in asked.items():
                said = headers if way == "widget" else {k: v for k, v in headers.items() if k != "Origin"}
                if way == "page":
                    said["Accept"] = "text/html"
                answer = client.post(headers=said, **call)
                assert answer.status_code == 400, (way, answer.text)
                assert "4000" in answer.text, (way, language)
                assert words in answer.text, (way, language)
                # What was written stands in the form, to be shortened.
                assert way != "page" or f">{question}</textarea>" in answer.text
        admin.delete(f"/v1/channels/{channel['id']}")
    async with (
        httpx2.AsyncClient(headers={"Authorization": f"Bearer {keys['citizen']}"}, timeout=60) as http,
        Client(streamable_http_client(f"{demo.url}/mcp", http_client=http)) as tools,
    ):
        for tool, name, most in (("ask", "question", "4000"), ("search", "query", "2000")):
            refused = await tools.call_tool(tool, {name: question})
            assert refused.is_error
            assert f"{name}.too_long" in refused.content[0].text
            assert most in refused.content[0].text


@pytest.mark.parametrize("key", ["", "alm_unknown"])
def test_without_a_known_key_nothing_is_told(demo: Platform, key: str) -> None:
    with demo.http(key) as client:
        answers = [client.post("/v1/search", json={"query": "bygglov"}), client.get("/v1/documents")]
    assert {answer.status_code for answer in answers} == {401}
    assert {answer.json()["error"]["code"] for answer in answers} <= {"auth.missing", "auth.invalid"}
