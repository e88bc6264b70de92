"""One request to a text-embeddings-inference server, and what its failures mean."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from http import HTTPStatus

import httpx2
import numpy as np

from allmanning.index.embed.protocol import Vectors
from allmanning.runtime.errors import Busy, TimedOut, Unavailable

CONNECTIONS = 32
"""More than passages ever use at once, so that a question always finds one."""
_DEFAULT_BATCH = 32
"""The server's own default, for one that does not say."""
_RETRY_AFTER_S = 1.0
# What a balancer before the server says while one behind it is restarted.
_RESTARTING = (HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ServedModel:
    """What the server says of itself."""

    name: str
    """Name and revision."""
    batch: int
    """Most texts that one request may carry."""


class TeiServer:
    """A server at `url`.

    Methods raise `Busy`, `TimedOut` or `Unavailable`; `retry_after_s` is set where the same request may soon succeed.
    The address is told to the log alone.
    """

    def __init__(self, url: str) -> None:
        # Idle connections are closed before the server, or a balancer, does it in the middle of a request.
        limits = httpx2.Limits(max_connections=CONNECTIONS, keepalive_expiry=5.0)
        self._client = httpx2.AsyncClient(base_url=url, limits=limits)

    async def close(self) -> None:
        await self._client.aclose()

    async def model(self, timeout_s: float) -> ServedModel:
        response = await self._send("GET", "info", None, timeout_s)
        try:
            info = response.json()
            return ServedModel(
                name=f"{info.get('model_id', 'unknown')}@{info.get('model_sha') or 'unknown'}",
                batch=int(info.get("max_client_batch_size") or _DEFAULT_BATCH),
            )
        except (AttributeError, TypeError, ValueError) as error:
            raise self._unavailable("GET /info is not a description of a model") from error

    async def embed(self, texts: list[str], timeout_s: float) -> Vectors:
        """The texts as they stand, in one request; what exceeds the model's window is not seen."""
        body = {"inputs": texts, "normalize": True, "truncate": True}
        response = await self._send("POST", "", body, timeout_s)
        try:
            vectors = np.asarray(response.json(), np.float32)
        except (TypeError, ValueError) as error:
            raise self._unavailable("not rows of numbers") from error
        if vectors.ndim != 2 or len(vectors) != len(texts):
            raise self._unavailable(f"an array of {vectors.shape} for {len(texts)} texts")
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not (np.isfinite(lengths).all() and lengths.all()):
            raise self._unavailable("a vector without a direction")
        # Not every server knows `normalize`.
        unit: Vectors = vectors / lengths
        return unit

    async def _send(self, method: str, path: str, body: dict[str, object] | None, timeout_s: float) -> httpx2.Response:
        try:
            response = await self._client.request(method, path, json=body, timeout=timeout_s)
        except httpx2.TimeoutException as error:
            log.warning("embedder at %s: %s", self._place, type(error).__name__)
            raise TimedOut(
                "embedder.timeout",
                "Tjänsten som tolkar text svarade inte i tid. (The embedder did not answer in time.)",
            ) from error
        except httpx2.TransportError as error:
            raise self._unavailable(type(error).__name__, _RETRY_AFTER_S) from error
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            raise Busy(
                "embedder.busy",
                "Tjänsten som tolkar text har för mycket att göra. (The embedder has too much to do.)",
                retry_after_s=_retry_after_s(response),
            )
        if not response.is_success:
            again_s = _retry_after_s(response) if response.status_code in _RESTARTING else None
            raise self._unavailable(f"status {response.status_code}", again_s)
        return response

    @property
    def _place(self) -> str:
        # A URL may carry a password; host and port may not.
        return self._client.base_url.netloc.decode("ascii")

    def _unavailable(self, reason: str, retry_after_s: float | None = None) -> Unavailable:
        log.warning("embedder at %s: %s", self._place, reason)
        return Unavailable(
            "embedder.unavailable",
            "Tjänsten som tolkar text svarar inte. (The embedder does not answer.)",
            retry_after_s=retry_after_s,
        )


def _retry_after_s(response: httpx2.Response) -> float:
    """What the server asks for in seconds; a date, which few send, counts as nothing said."""
    asked = response.headers.get("Retry-After", "")
    return float(asked) if asked.isdecimal() else _RETRY_AFTER_S
