"""The embedder of a cluster: text-embeddings-inference, reached by URL."""

from __future__ import annotations

import re
from collections.abc import Sequence
from json import JSONDecodeError

import httpx2
import numpy as np
from huggingface_hub import AsyncInferenceClient, set_async_client_factory
from huggingface_hub.errors import HfHubHTTPError, InferenceTimeoutError

from allmanning.index.embed.protocol import PASSAGE_PREFIX, QUERY_PREFIX, Vectors
from allmanning.runtime.errors import Busy, TimedOut, Unavailable

# Without a token of our own the client would send the one this user has for huggingface.co.
NO_TOKEN = "none"  # noqa: S105 (a placeholder)
# The server's default limit, for one that does not say.
DEFAULT_BATCH = 32
SPECIAL_PIECE = re.compile(r"<(?=/?(?:s|pad|unk|mask)>)")


class TeiEmbedder:
    """Any e5 model behind text-embeddings-inference; the prefixes are added here."""

    def __init__(self, url: str, *, token: str = "", timeout_s: float = 30.0) -> None:
        self._url = url
        self._timeout_s = timeout_s
        self._client = AsyncInferenceClient(
            url.rstrip("/"), provider="hf-inference", token=token or NO_TOKEN, timeout=timeout_s
        )
        self._batch = DEFAULT_BATCH
        self._dimension = 0
        self._model = ""

    @property
    def dimension(self) -> int:
        """Known after `warm_up`."""
        return self._dimension

    @property
    def model(self) -> str:
        """Known after `warm_up`."""
        return self._model

    async def warm_up(self) -> None:
        """Asks the server which model it serves. Raises `Unavailable` when it does not answer."""
        # While HF_HUB_OFFLINE closes the Hub to us, the library's own HTTP client refuses our server's address too.
        set_async_client_factory(
            lambda: httpx2.AsyncClient(timeout=self._timeout_s, event_hooks={"response": [_read_failure]})
        )
        try:
            info = await self._client.get_endpoint_info()
        except (httpx2.HTTPError, JSONDecodeError) as error:
            raise self._unavailable() from error
        self._batch = int(info.get("max_client_batch_size") or DEFAULT_BATCH)
        self._model = f"{info.get('model_id', 'unknown')}@{info.get('model_sha') or 'unknown'}"
        self._dimension = (await self._embed(["dimension"])).shape[1]

    async def close(self) -> None:
        await self._client.close()  # type: ignore[no-untyped-call]

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return await self._all([QUERY_PREFIX + _harmless(text) for text in texts])

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return await self._all([PASSAGE_PREFIX + _harmless(text) for text in texts])

    async def _all(self, texts: list[str]) -> Vectors:
        batches = [texts[start : start + self._batch] for start in range(0, len(texts), self._batch)]
        rows = [await self._embed(batch) for batch in batches]
        return np.concatenate(rows) if rows else np.empty((0, self._dimension), np.float32)

    async def _embed(self, texts: list[str]) -> Vectors:
        try:
            answer = await self._client.feature_extraction(texts, normalize=True, truncate=True)
        except InferenceTimeoutError as error:
            raise TimedOut("embedder.timeout", f"The embedder at {self._url} did not answer in time.") from error
        except HfHubHTTPError as error:
            if error.response.status_code == Busy.status:
                raise Busy("embedder.busy", "The embedder has too much to do.", retry_after_s=1.0) from error
            raise self._unavailable() from error
        except (httpx2.HTTPError, ValueError) as error:
            # ValueError: something else than rows of numbers.
            raise self._unavailable() from error
        vectors = np.asarray(answer, np.float32)
        if vectors.ndim != 2 or len(vectors) != len(texts) or self._dimension not in (0, vectors.shape[1]):
            raise self._unavailable()
        # Not every server knows `normalize`.
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit

    def _unavailable(self) -> Unavailable:
        return Unavailable("embedder.unavailable", f"No embedder answers at {self._url}.")


async def _read_failure(response: httpx2.Response) -> None:
    """The library looks for the reason in the body, which must have been read by then."""
    if response.is_error:
        await response.aread()


def _harmless(text: str) -> str:
    """Keeps text that spells a special piece from becoming one, and leaves only what UTF-8 can carry."""
    return SPECIAL_PIECE.sub("< ", text.encode("utf-8", "replace").decode("utf-8"))
