"""The platform's HTTP API as the command line uses it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, cast

import httpx2

from allmanning.gateway.keys import create_key, is_registered
from allmanning.node.folder import DataFolder
from allmanning.node.shapes import ChatShape
from allmanning.runtime.errors import InvalidInput, NotFound, Unavailable, error_of
from allmanning.runtime.record import Json

if TYPE_CHECKING:
    # The shapes alone: the code beside them would load a web server into every command.
    from allmanning.gateway.api.documents import DocumentsOut
    from allmanning.gateway.api.hits import Hits
    from allmanning.gateway.api.queue import QueueOut
    from allmanning.gateway.api.synonyms import SynonymOut, SynonymsOut

Answer: TypeAlias = dict[str, Json]

TIMEOUT_S = 120.0


@dataclass(frozen=True)
class Target:
    """Which platform a command talks to: the node of a folder, or an address and a key."""

    folder: DataFolder
    url: str = ""
    key: str = ""

    def client(self, authority: str, role: str, *, new: bool = False, operator: bool = False) -> Client:
        """A client that acts for `authority` in `role`.

        With a folder and no key, the key is made the first time: whoever may write in the folder owns the node. `new`:
        the authority may be new too. `operator`: for what only whoever runs the platform may.

        Raises:
            InvalidInput: `key.missing`, for an address without a key.
            NotFound: `node.not_running`, `authority.not_found`.
        """
        if self.url:
            if not self.key:
                raise InvalidInput("key.missing", "Ange en nyckel med --key (eller ALLMANNING_KEY) till --url.")
            return Client(self.url, self.key)
        running = self.folder.running()
        if not new and not is_registered(self.folder.path, authority):
            text = f"Det finns ingen myndighet {authority} här. Skapa den med: allmanning key create -a {authority}"
            raise NotFound("authority.not_found", text)
        return Client(running.url, self.key or own_key(self.folder, authority, role, operator=operator))


def own_key(folder: DataFolder, authority: str, role: str, *, person: str = "", operator: bool = False) -> str:
    """The key that this folder's own commands use for `authority` in `role`, made the first time.

    `person` tells several in the same role apart.
    """
    name = f"{role}-{person}" if person else "operator" if operator else role
    key = folder.keys().get(f"{authority}/{name}")
    if key is None:
        key = create_key(folder.path, authority, role, operator=operator)
        folder.remember_key(authority, name, key)
    return key


class Client:
    """Calls the API and raises what it answers as the platform's own errors."""

    def __init__(self, url: str, key: str) -> None:
        self._http = httpx2.Client(
            base_url=url, timeout=TIMEOUT_S, headers={"Authorization": f"Bearer {key}", "Accept-Language": "sv"}
        )
        self.url = url.rstrip("/")

    def get(self, path: str, params: Mapping[str, str | int | Sequence[str]] | None = None) -> Answer:
        return self._answer(self._send("GET", path, params=params))

    def post(self, path: str, body: Mapping[str, Json]) -> Answer:
        return self._answer(self._send("POST", path, json=body))

    def put(self, path: str, body: Mapping[str, Json]) -> Answer:
        return self._answer(self._send("PUT", path, json=body))

    def patch(self, path: str, body: Mapping[str, Json]) -> Answer:
        return self._answer(self._send("PATCH", path, json=body))

    def delete(self, path: str, params: Mapping[str, str | int] | None = None) -> Answer:
        return self._answer(self._send("DELETE", path, params=params))

    def upload(self, path: Path, fields: Mapping[str, str]) -> str:
        """Send one document with its metadata; returns its id, or nothing when exactly this is already known."""
        with path.open("rb") as file:
            response = self._send("POST", "/v1/documents", data=fields, files={"file": (path.name, file)})
        answer = self._answer(response)
        return str(answer["id"]) if response.status_code == httpx2.codes.ACCEPTED else ""

    def download(self, path: str, body: Mapping[str, Json], out: Path) -> int:
        """Write what is answered to a POST to `out`, whole or not at all; returns how many bytes."""
        return self._write("POST", path, out, json=body)

    def fetch(self, path: str, params: Mapping[str, str], out: Path) -> int:
        """Write what is answered to a GET to `out`, whole or not at all; returns how many bytes."""
        return self._write("GET", path, out, params=params)

    def _write(self, method: str, path: str, out: Path, **options: object) -> int:
        part = out.with_name(out.name + ".part")
        try:
            # Before anything is asked for: an export is on record.
            part.touch()
            size = self._save(method, path, part, **options)
            part.replace(out)
        except OSError as error:
            raise InvalidInput("file.not_writable", f"Det går inte att skriva {out}: {error.strerror}.") from error
        finally:
            part.unlink(missing_ok=True)
        return size

    def _save(self, method: str, path: str, part: Path, **options: object) -> int:
        """Write an answer piece by piece: a whole log is larger than memory."""
        try:
            with self._http.stream(method, path, **options) as response, part.open("wb") as file:  # type: ignore[arg-type]
                if response.status_code >= httpx2.codes.BAD_REQUEST:
                    response.read()
                    self._raise(response)
                return sum(file.write(piece) for piece in response.iter_bytes())
        except httpx2.HTTPError as error:
            raise self._unreachable() from error

    def search(self, query: Mapping[str, Json]) -> Hits:
        """Search with the body of `POST /v1/search`."""
        return cast("Hits", self.post("/v1/search", query))

    def synonyms(self) -> SynonymsOut:
        return cast("SynonymsOut", self.get("/v1/synonyms"))

    def put_synonyms(self, rows: Sequence[SynonymOut]) -> SynonymsOut:
        """Keep these rows in place of all there were."""
        return cast("SynonymsOut", self._answer(self._send("PUT", "/v1/synonyms", json={"synonyms": rows})))

    def ask(self, question: str, *, measured_as: str = "") -> ChatShape:
        """`measured_as`: it is nobody's question, by which an administrator measures what that role is answered."""
        body: dict[str, Json] = {"model": "allmanning", "messages": [{"role": "user", "content": question}]}
        if measured_as:
            body["allmanning"] = {"evaluation": True, "evaluation_as": measured_as}
        return cast("ChatShape", self.post("/v1/chat/completions", body))

    def documents(self, query: Mapping[str, str | int | Sequence[str]]) -> DocumentsOut:
        """A page of documents, narrowed as `GET /v1/documents` does."""
        return cast("DocumentsOut", self.get("/v1/documents", query))

    def queue(self, batch: str = "") -> QueueOut:
        """How the work goes, on an import or on everything."""
        return cast("QueueOut", self.get("/v1/queue", {"batch": batch}))

    def _send(self, method: str, path: str, **options: object) -> httpx2.Response:
        try:
            return self._http.request(method, path, **options)  # type: ignore[arg-type]
        except httpx2.HTTPError as error:
            raise self._unreachable() from error

    def _unreachable(self) -> Unavailable:
        return Unavailable("gateway.unavailable", f"Plattformen svarar inte på {self.url}.")

    def _answer(self, response: httpx2.Response) -> Answer:
        self._raise(response)
        answer: Answer = response.json() if response.content else {}
        return answer

    @staticmethod
    def _raise(response: httpx2.Response) -> None:
        if response.status_code < httpx2.codes.BAD_REQUEST:
            return
        try:
            error = response.json()["error"]
        except (ValueError, KeyError) as cause:
            raise error_of(response.status_code, "gateway.error", f"HTTP {response.status_code}") from cause
        raise error_of(response.status_code, error["code"], error["message"])
