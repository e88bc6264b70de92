"""Files on a real WebDAV server, and the quirks of others."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from cheroot import wsgi
from wsgidav.wsgidav_app import WsgiDAVApp

from allmanning.contracts.ingest.v1.ingest_pb import Source
from allmanning.ingest.sources import multistatus
from allmanning.ingest.sources.protocol import Surroundings
from allmanning.ingest.sources.webdav import WebDavSource
from allmanning.runtime.errors import InvalidInput
from tests.integration.ingest.running import Ingest
from tests.integration.ingest.sources.asking import Asking, figures

PASSWORD = "hemligt-lösen"


@dataclass
class Dav:
    """A running server and what it was asked."""

    root: Path
    url: str = ""
    asked: list[tuple[str, str, str]] = field(default_factory=list)

    def put(self, name: str, text: str = "Gatorna plogas.") -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path


@pytest.fixture
def dav(tmp_path: Path) -> Iterator[Dav]:
    root = tmp_path / "dav"
    root.mkdir()
    dav = Dav(root)
    users = {"kommun": {"password": PASSWORD}}
    app = WsgiDAVApp(
        {
            "provider_mapping": {"/filer": str(root)},
            "simple_dc": {"user_mapping": {"*": users}},
            "http_authenticator": {"accept_basic": True, "accept_digest": False, "default_to_digest": False},
            "verbose": 0,
            "logging": {"enable": False},
        }
    )

    def remembering(environ: dict[str, Any], start_response: Any) -> Any:
        def started(status: str, headers: Any, _: Any = None) -> Any:
            dav.asked.append((environ["REQUEST_METHOD"], environ["PATH_INFO"], status[:3]))
            return start_response(status, headers)

        return app(environ, started)

    server = wsgi.Server(("127.0.0.1", 0), remembering)
    server.prepare()
    dav.url = f"http://127.0.0.1:{server.bind_addr[1]}/filer/Plan och bygg"
    thread = threading.Thread(target=server.serve)
    thread.start()
    yield dav
    server.stop()
    thread.join()


@pytest.fixture
def resting(resting: Ingest) -> Ingest:
    told = f'{{"uddby/k": "{PASSWORD}"}}'
    return replace(resting, settings=resting.settings.model_copy(update={"source_passwords": told}))


async def follow(asking: Asking, dav: Dav, **options: str) -> Source.Run:
    await asking.put("webdav", dav.url, user="kommun", **options)
    return await asking.run()


async def test_files_come_change_and_go(asking: Asking, dav: Dav) -> None:
    dav.put("Plan och bygg/översikt å.txt")
    dav.put("Plan och bygg/Under/50% #1 & mer.txt", "Bibliotek.")
    for left in ("_utkast.txt", ".dold.txt", "_gammalt/a.txt"):
        dav.put(f"Plan och bygg/{left}")
    dav.put("Annat/b.txt")
    assert figures(await follow(asking, dav)) == {"found": 2, "added": 2}
    names = sorted(uri.rpartition("/")[2] for uri in await asking.settled())
    assert names == ["%C3%B6versikt%20%C3%A5.txt", "50%25%20%231%20%26%20mer.txt"]
    dav.asked.clear()
    assert figures(await asking.run()) == {"found": 2, "unchanged": 2}
    assert {method for method, _, _ in dav.asked} == {"PROPFIND"}
    changed = dav.put("Plan och bygg/översikt å.txt", "Gatorna sandas varje dag.")
    os.utime(changed, (time.time() + 5, time.time() + 5))
    (dav.root / "Plan och bygg" / "Under" / "50% #1 & mer.txt").unlink()
    assert figures(await asking.run()) == {"found": 1, "changed": 1, "removed": 1}


async def test_wrong_login_or_folder_removes_nothing_and_tells_no_password(
    asking: Asking, dav: Dav, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    dav.put("Plan och bygg/a.txt")
    await follow(asking, dav)
    await asking.put("webdav", dav.url, user="annan")
    run = await asking.run()
    assert (run.code, run.removed) == ("source.login_refused", 0)
    (dav.root / "Plan och bygg").rename(dav.root / "borta")
    run = await follow(asking, dav)
    assert (run.code, run.removed) == ("source.unreachable", 0)
    assert len(await asking.documents()) == 1
    # In no log of ours; the test's own server logs what it pleases.
    assert PASSWORD not in "".join(each.getMessage() for each in caplog.records if "wsgidav" not in each.name)
    database = asking.ingest.settings.data_dir / "ingest.sqlite3"
    assert PASSWORD.encode() not in b"".join(each.read_bytes() for each in database.parent.glob("ingest.sqlite3*"))
    assert PASSWORD not in repr(asking.ingest.settings)


async def test_password_goes_over_https_alone_and_must_be_known(asking: Asking) -> None:
    with pytest.raises(InvalidInput, match=r"source\.location_invalid"):
        await asking.put("webdav", "http://filer.example/dav", user="kommun")
    with pytest.raises(InvalidInput, match=r"source\.password_missing"):
        await asking.put("webdav", "https://filer.example/dav", id="annan", user="kommun")
    await asking.put("webdav", "https://filer.example/dav", user="kommun")


def test_answers_of_other_servers_are_understood() -> None:
    answer = b"""<?xml version="1.0"?>
    <d:multistatus xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns">
     <d:response><d:href>/remote.php/dav/files/k/Plan/</d:href><d:propstat><d:prop>
      <d:resourcetype><d:collection/></d:resourcetype></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>
      <d:propstat><d:prop><d:getcontentlength/></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat>
     </d:response>
     <d:response><d:href>https://x.example/remote.php/dav/files/k/Plan/Min fil %c3%a5.pdf</d:href><d:propstat><d:prop>
      <d:resourcetype/><d:getlastmodified>Mon, 02 Nov 2026 10:00:00 GMT</d:getlastmodified>
      <d:getcontentlength>7</d:getcontentlength><d:getetag/></d:prop>
      <d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>
     <d:response><d:href>/annat/b.pdf</d:href><d:propstat><d:prop><d:resourcetype/><d:getetag>"1"</d:getetag></d:prop>
      <d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>
     <d:response><d:href>/remote.php/dav/files/k/Plan/nej.pdf</d:href>
      <d:status>HTTP/1.1 403 Forbidden</d:status></d:response>
    </d:multistatus>"""
    entries = multistatus.read(answer)
    assert [(each.folder, each.fingerprint) for each in entries] == [
        (True, ""),
        (False, "Mon, 02 Nov 2026 10:00:00 GMT 7"),
        (False, '"1"'),
    ]
    source = WebDavSource(
        Source(kind="webdav", location="https://x.example/remote.php/dav/files/k/Plan"), Surroundings()
    )
    urls = [source._url(source._root, each.href) for each in entries]
    assert [str(each) if each else "" for each in urls] == [
        "https://x.example/remote.php/dav/files/k/Plan/",
        "https://x.example/remote.php/dav/files/k/Plan/Min%20fil%20%C3%A5.pdf",
        "",
    ]


@pytest.mark.parametrize(
    "hostile",
    [
        b"<html/>",
        b"",
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><multistatus xmlns="DAV:"><response>&b;',
    ],
)
def test_what_is_no_answer_is_an_error(hostile: bytes) -> None:
    with pytest.raises(multistatus.NotMultistatus):
        multistatus.read(hostile)


def test_entities_are_not_read() -> None:
    answer = (
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname"><!ENTITY c "ccc">]><multistatus xmlns="DAV:">'
        b"<response><href>/a&b;&c;</href></response></multistatus>"
    )
    assert [each.href for each in multistatus.read(answer)] == ["/a"]
