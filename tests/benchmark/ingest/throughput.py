"""Documents per second through the whole service, from its queue until they can be searched.

`python -m tests.benchmark.ingest.throughput [DOCUMENTS]`: first with an embedder that costs nothing, which shows what
the service itself takes; then, where its weights are there, with the real one, beside what that does alone.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import httpx2

from allmanning.contracts.passage.v1.passage_pb import DocumentVersion
from allmanning.index.embed.convert import ensure_model
from allmanning.index.embed.encoder import DIMENSION
from allmanning.index.embed.local import LocalEmbedder
from allmanning.index.embed.weights import WeightsError
from allmanning.index.settings import IndexSettings
from allmanning.index.text import indexed_text
from allmanning.ingest.read.media_type import TEXT
from allmanning.ingest.read.original import Original
from allmanning.ingest.read.reader import read
from allmanning.ingest.split import PassageSplitter
from tests.benchmark.retrieve.scripted_tei import scripted_tei
from tests.platform_node import Platform

DOCUMENTS: Final = 200
BYTES: Final = 4_000
WORDS: Final = [
    "ansökan",
    "avgift",
    "beslut",
    "bygglov",
    "förskola",
    "handling",
    "kommun",
    "nämnd",
    "plats",
    "rutin",
    "skola",
    "tillstånd",
    "tomt",
    "vatten",
    "väg",
    "ärende",
    "och",
    "att",
    "som",
    "för",
    "den",
    "med",
    "ska",
    "inom",
    "enligt",
    "när",
    "före",
    "efter",
    "lämnas",
    "prövas",
    "gäller",
    "kostar",
    "medges",
    "återkallas",
]


def document(number: int) -> str:
    """About 4 kB of sentences, none twice."""
    drawn = random.Random(number)
    text = f"Rutin {number}\n\n"
    while len(text.encode()) < BYTES:
        sentences = (" ".join(drawn.choices(WORDS, k=12)).capitalize() + "." for _ in range(5))
        text += " ".join(sentences) + "\n\n"
    return text


def rates(platform: Platform, documents: int) -> tuple[float, float, float]:
    """Documents handed in, documents made searchable, and passages, per second."""
    with platform.http(platform.key("matby", "admin")) as client:
        # The parse worker starts, and everything is imported.
        _hand_in(client, "varm", [document(-number) for number in range(1, 5)])
        _until_done(client, "varm")
        client.post("/v1/queue/pause")
        texts = [document(number) for number in range(documents)]
        started = time.perf_counter()
        _hand_in(client, "prov", texts)
        handed_in = documents / (time.perf_counter() - started)
        client.post("/v1/queue/resume")
        started = time.perf_counter()
        passages = _until_done(client, "prov")
        took = time.perf_counter() - started
    return handed_in, documents / took, passages / took


def _hand_in(client: httpx2.Client, batch: str, texts: list[str]) -> None:
    for number, text in enumerate(texts):
        answer = client.post(
            "/v1/documents",
            files={"file": (f"{batch}-{number}.txt", text.encode())},
            data={"collection": "prov", "secrecy": "open", "batch": batch},
        )
        answer.raise_for_status()


def _until_done(client: httpx2.Client, batch: str) -> int:
    while True:
        counts = client.get("/v1/queue", params={"batch": batch}).json()["counts"]
        if "received" not in counts:
            assert set(counts) == {"indexed"}, counts
            return int(counts["indexed"]["passages"])
        time.sleep(0.1)


def passages_of(number: int, folder: Path) -> list[str]:
    """What the service embeds of a document."""
    path = folder / f"prov-{number}.txt"
    path.write_text(document(number))
    version = DocumentVersion(id=path.stem, version="1")
    extract = read(Original(path, path.name, TEXT))
    version.title = extract.title
    return [indexed_text(passage) for passage in PassageSplitter().run(version, extract)["passages"]]


async def embedder_alone(texts: list[str]) -> float:
    """Passages per second of the real embedder, with nothing around it and all processors its own."""
    embedder = LocalEmbedder(threads=IndexSettings().embedder_threads)
    await embedder.warm_up()
    await embedder.embed_passages(texts[:16])
    started = time.perf_counter()
    for at in range(0, len(texts), 64):
        await embedder.embed_passages(texts[at : at + 64])
    took = time.perf_counter() - started
    await embedder.close()
    return len(texts) / took


def rate_alone(documents: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        texts = [text for number in range(documents) for text in passages_of(number, Path(folder))]
    return asyncio.run(embedder_alone(texts))


def measured(documents: int, environment: dict[str, str]) -> tuple[float, float, float]:
    with tempfile.TemporaryDirectory() as folder:
        platform = Platform(Path(folder), environment=environment).start()
        try:
            return rates(platform, documents)
        finally:
            platform.stop()


def main() -> None:
    documents = int(sys.argv[1]) if len(sys.argv) > 1 else DOCUMENTS
    with scripted_tei("scripted@1", DIMENSION) as url:
        handed_in, done, passages = measured(documents, {"ALLMANNING_TEI_URL": url})
    print(f"scripted embedder: {handed_in:.1f} documents/s handed in, one at a time", flush=True)
    print(f"scripted embedder: {done:.1f} documents/s, {passages:.0f} passages/s   (target > 15)", flush=True)
    try:
        ensure_model()
    except (OSError, WeightsError) as error:
        print(f"real embedder: not here ({type(error).__name__})")
        return
    _, done, passages = measured(documents // 2, {})
    alone = rate_alone(documents // 4)
    share = f"{passages / alone:.0%} of the {alone:.1f} it does alone (target > 90%)"
    print(f"real embedder: {done:.1f} documents/s, {passages:.1f} passages/s, {share}")


if __name__ == "__main__":
    main()
