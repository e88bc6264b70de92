"""The JetStream streams, consumers and buckets, declared as data; `apply` creates what is missing.

`python -m allmanning.runtime.streams` applies them to the NATS given by `ALLMANNING_NATS_URL`, as an operator.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from datetime import timedelta
from typing import Final

import nats
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    KeyValueConfig,
    ObjectStoreConfig,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from nats.js.errors import BadRequestError, NotFoundError
from nats.js.errors import Error as JetStreamError

from allmanning.runtime.errors import Unavailable

DAY_S: Final = 86_400.0
DUPLICATE_WINDOW_S: Final = 120.0
# How long content waits for an audit service that is away.
CONTENT_MAX_AGE: Final = timedelta(days=7)

STREAMS: Final = (
    StreamConfig(
        name="INGEST",
        description="What happens to documents; the registry is the truth, so old events may go",
        subjects=["ingest.document.>"],
        max_age=30 * DAY_S,
    ),
    StreamConfig(
        name="AUDIT_LEAVES",
        description="Skeletons of decision records, without personal data: nobody can delete one",
        subjects=["audit.decision.recorded.*", "audit.own.recorded.*"],
        deny_delete=True,
        deny_purge=True,
    ),
    # Content in a stream with deny_delete could never be erased, and that flag can't be taken back.
    StreamConfig(
        name="AUDIT_CONTENT",
        description="Sealed content on its way to the audit store, which deletes it here once it is stored",
        subjects=["audit.content.>"],
        max_age=CONTENT_MAX_AGE.total_seconds(),
    ),
    # One counter a subject (ADR-49): an increment is atomic, on disk, and answered with the new total.
    StreamConfig(
        name="TOKENS",
        description="Model tokens of each authority and day",
        subjects=["generate.tokens.*.*"],
        max_msgs_per_subject=1,
        max_age=35 * DAY_S,
        allow_msg_counter=True,
        allow_direct=True,
    ),
    StreamConfig(
        name="DEAD", description="Messages that could not be handled", subjects=["dead.>"], max_age=90 * DAY_S
    ),
)

CONSUMERS: Final = {
    # Short, so that after a crash receipts wait seconds and not half a minute.
    "audit-log": ("AUDIT_LEAVES", ConsumerConfig(ack_wait=5, max_ack_pending=1024)),
    "audit-content": ("AUDIT_CONTENT", ConsumerConfig(ack_wait=5, max_ack_pending=1024)),
    # Webhooks tell of what happens from now on. Leaves hold no personal data.
    "webhook-documents": (
        "INGEST",
        ConsumerConfig(
            ack_wait=30,
            max_ack_pending=1024,
            deliver_policy=DeliverPolicy.NEW,
            filter_subjects=["ingest.document.indexed.*", "ingest.document.rejected.*", "ingest.document.retired.*"],
        ),
    ),
    "webhook-reviews": (
        "AUDIT_LEAVES",
        ConsumerConfig(ack_wait=30, max_ack_pending=1024, deliver_policy=DeliverPolicy.NEW),
    ),
}

# (stream, consumer) of earlier releases: what waits for documents lies in the registry now.
GONE: Final = (("INGEST", "ingest-worker"),)

BUCKETS: Final = ("originals", "exports")

KEY_VALUES: Final = (
    # Old values stay for a while, so that a decision made with them can be made again.
    KeyValueConfig(bucket="synonyms", description="Each authority's own words", history=64),
    KeyValueConfig(
        bucket="quotas", description="What each authority may use, where somebody has changed it", history=64
    ),
    KeyValueConfig(bucket="choices", description="The tone and the model that each authority has chosen", history=64),
    # On disk all the same: in memory the bucket would be gone when the server starts again, and services that may
    # not create it could not start.
    KeyValueConfig(
        bucket="progress", description="How far the work on documents has come; nobody misses it", ttl=3_600
    ),
)


def stream_of(consumer: str) -> str:
    """Name of the stream that a declared consumer reads."""
    return CONSUMERS[consumer][0]


async def last_sequence(js: JetStreamContext, stream: str) -> int:
    """Number of a stream's newest message; 0 when there is none.

    Raises:
        Unavailable: `events.unavailable`.
    """
    try:
        info = await js.stream_info(stream)
    except (NatsError, JetStreamError, TimeoutError) as error:
        raise Unavailable("events.unavailable", "Händelserna går inte att nå just nu.") from error
    return info.state.last_seq


async def first_sequence(js: JetStreamContext, stream: str, subject: str) -> int:
    """Number of a stream's first message on a subject (`*` allowed); 0 when there is none.

    Raises:
        Unavailable: `events.unavailable`.
    """
    try:
        found = await js.get_msg(stream, seq=1, subject=subject, next=True)
    except NotFoundError:
        return 0
    except (NatsError, JetStreamError, TimeoutError) as error:
        raise Unavailable("events.unavailable", "Händelserna går inte att nå just nu.") from error
    return found.seq or 0


async def ensure(js: JetStreamContext) -> None:
    """Check that everything declared exists, and create it where this connection may.

    On a NATS with per-service permissions only the operator may create streams; there they exist before any service
    starts (`python -m allmanning.runtime.streams`).
    """
    try:
        for stream in STREAMS:
            await js.stream_info(stream.name or "")
        for bucket in BUCKETS:
            await js.object_store(bucket)
        for keys in KEY_VALUES:
            await js.key_value(keys.bucket)
    except NotFoundError:
        await apply(js)


async def apply(js: JetStreamContext, *, replicas: int = 1) -> None:
    """Create or update every stream, consumer and bucket. Safe to call at every start, by several at once."""
    for stream in STREAMS:
        config = stream.evolve(
            storage=StorageType.FILE,
            retention=RetentionPolicy.LIMITS,
            num_replicas=replicas,
            duplicate_window=DUPLICATE_WINDOW_S,
        )
        try:
            await js.add_stream(config)
        except BadRequestError:
            # It exists with another configuration, from an older release.
            await js.update_stream(config)
    for name, (stream_name, consumer) in CONSUMERS.items():
        await js.add_consumer(
            stream_name,
            consumer.evolve(
                durable_name=name,
                ack_policy=AckPolicy.EXPLICIT,
                deliver_policy=consumer.deliver_policy or DeliverPolicy.ALL,
            ),
        )
    for stream_name, name in GONE:
        with contextlib.suppress(NotFoundError):
            await js.delete_consumer(stream_name, name)
    for bucket in BUCKETS:
        try:
            await js.object_store(bucket)
        except NotFoundError:
            with contextlib.suppress(BadRequestError):
                await js.create_object_store(
                    bucket, config=ObjectStoreConfig(bucket=bucket, storage=StorageType.FILE, replicas=replicas)
                )
    for keys in KEY_VALUES:
        try:
            await js.key_value(keys.bucket)
        except NotFoundError:
            with contextlib.suppress(BadRequestError):
                await js.create_key_value(keys.evolve(storage=StorageType.FILE, replicas=replicas))


async def _main() -> None:
    nc = await nats.connect(
        os.environ.get("ALLMANNING_NATS_URL", "nats://127.0.0.1:4222"),
        user=os.environ.get("ALLMANNING_NATS_USER"),
        password=os.environ.get("ALLMANNING_NATS_PASSWORD"),
        inbox_prefix="_INBOX.node",
    )
    await apply(nc.jetstream(), replicas=int(os.environ.get("ALLMANNING_STREAM_REPLICAS", "1")))
    await nc.close()


if __name__ == "__main__":
    asyncio.run(_main())
