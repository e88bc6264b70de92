"""Which service may publish and read which subject, as data, and the NATS server configuration made from it.

`python -m allmanning.runtime.permissions` prints the configuration that infra/nats/server.conf holds. Passwords come
from the server's environment, one variable a service.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

# Content is sealed before it leaves.
RECORDS: Final = ("audit.decision.recorded.*", "audit.content.*.*", "audit.v1.sealing_key")
# What each service may say of a decision. All other types (what is decided of rules, reviews, erasures, logs) are the
# audit service's own: they come by a subject that the server lets nobody else publish to, or are refused.
RECORD_TYPES: Final[Mapping[str, frozenset[str]]] = {
    "generate": frozenset(
        {
            "question.received",
            "gate.evaluated",
            "retrieval.done",
            "draft.generated",
            "sentence.released",
            "answer.released",
            "answer.abstained",
            "answer.refused",
            "escalated",
            "review.opened",
            "decision.made",
            "config.changed",
        }
    ),
    "gateway": frozenset(
        {
            "access.read",
            "signin.succeeded",
            "signin.failed",
            "signin.confirmed",
            "signin.new_device",
            "signin.ended",
            "account.changed",
            "key.changed",
            "evaluation.started",
            "evaluation.ended",
        }
    ),
}
# Services check at start that the declared streams exist.
STREAM_INFO: Final = ("$JS.API.STREAM.INFO.*",)


def _consumer(stream: str, *names: str) -> tuple[str, ...]:
    """Subjects a durable pull consumer publishes to."""
    return (
        *(f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{name}" for name in names),
        *(f"$JS.API.CONSUMER.INFO.{stream}.{name}" for name in names),
        f"$JS.ACK.{stream}.>",
    )


def _shared_consumer(stream: str, name: str) -> tuple[str, ...]:
    """The same on a stream that another service consumes too: none may acknowledge for the other."""
    return (
        f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{name}",
        f"$JS.API.CONSUMER.INFO.{stream}.{name}",
        f"$JS.ACK.{stream}.{name}.>",
    )


def _bucket(name: str, *, write: bool) -> tuple[str, ...]:
    """Subjects an object store client publishes to."""
    stream = f"OBJ_{name}"
    read = (
        f"$JS.API.STREAM.MSG.GET.{stream}",
        f"$JS.API.DIRECT.GET.{stream}",
        f"$JS.API.DIRECT.GET.{stream}.>",
        f"$JS.API.CONSUMER.CREATE.{stream}",
        f"$JS.API.CONSUMER.CREATE.{stream}.>",
        f"$JS.API.CONSUMER.DELETE.{stream}.>",
        f"$JS.API.CONSUMER.INFO.{stream}.>",
        f"$JS.ACK.{stream}.>",
        "$JS.API.STREAM.NAMES",
        "$JS.FC.>",
    )
    return (*read, f"$O.{name}.>", f"$JS.API.STREAM.PURGE.{stream}") if write else read


def _key_value(name: str) -> tuple[str, ...]:
    """Subjects a client publishes to that reads and writes single keys; it watches nothing."""
    return (f"$JS.API.STREAM.MSG.GET.KV_{name}", f"$KV.{name}.>")


@dataclass(frozen=True)
class Permissions:
    """What a service publishes to beyond replies, and what it answers."""

    publish: Sequence[str] = ()
    subscribe: Sequence[str] = ()


SERVICES: Final[Mapping[str, Permissions]] = {
    "index": Permissions(subscribe=("index.v1.*",)),
    "ingest": Permissions(
        publish=(
            "ingest.document.*.*",
            "index.v1.*",
            "dead.ingest.>",
            *_bucket("originals", write=True),
            *_key_value("progress"),
        ),
        subscribe=("ingest.v1.*", "ingest.document.received.*"),
    ),
    "retrieve": Permissions(
        publish=("index.v1.embed", "index.v1.search", "index.v1.neighbours", *_key_value("synonyms")),
        subscribe=("retrieve.v1.*",),
    ),
    "generate": Permissions(
        publish=(
            "retrieve.v1.search",
            "index.v1.embed",
            "audit.v1.gate",
            "generate.tokens.*.*",
            "$JS.API.STREAM.MSG.GET.TOKENS",
            *_key_value("quotas"),
            *_key_value("choices"),
            *RECORDS,
        ),
        subscribe=("generate.v1.*",),
    ),
    "audit": Permissions(
        publish=(
            *RECORDS,
            "audit.own.recorded.*",
            "$JS.API.STREAM.MSG.GET.AUDIT_LEAVES",
            "dead.audit.>",
            # Like cases are found by what questions mean.
            "index.v1.embed",
            *_consumer("AUDIT_LEAVES", "audit-log"),
            *_consumer("AUDIT_CONTENT", "audit-content"),
            # Content goes from the stream once it is stored.
            "$JS.API.STREAM.PURGE.AUDIT_CONTENT",
            *_bucket("exports", write=True),
        ),
        # Every process of the service hears at once of a stop.
        subscribe=("audit.v1.*", "audit.own.recorded.*"),
    ),
    "gateway": Permissions(
        publish=(
            "ingest.v1.*",
            "retrieve.v1.*",
            "index.v1.embed",
            "generate.v1.*",
            "audit.v1.*",
            "cancel.generate.*",
            "$SRV.>",
            *_shared_consumer("INGEST", "webhook-documents"),
            *_shared_consumer("AUDIT_LEAVES", "webhook-reviews"),
            "dead.>",
            *RECORDS,
            *_bucket("originals", write=True),
            *_bucket("exports", write=True),
        )
    ),
}


def _user(name: str, permissions: Permissions) -> str:
    publish = ["_INBOX.>", *STREAM_INFO, *permissions.publish]
    subscribe = [f"_INBOX.{name}.>", "$SRV.>", f"cancel.{name}.*", *permissions.subscribe]
    return (
        f"    {{\n      user: {name}\n      password: $NATS_{name.upper()}_PASSWORD\n      permissions: {{\n"
        f"        publish: {json.dumps(publish)}\n        subscribe: {json.dumps(subscribe)}\n      }}\n    }}"
    )


def server_conf() -> str:
    """The nats-server configuration: JetStream on disk, and one user a service with only the subjects it needs."""
    users = "\n".join(_user(name, permissions) for name, permissions in SERVICES.items())
    return f"""# Made by `make nats-conf` from allmanning/runtime/permissions.py; a test checks that it is fresh.
host: $NATS_HOST
port: $NATS_PORT
jetstream {{
  store_dir: $NATS_STORE_DIR
  # An acknowledged record survives power loss: each write reaches the disk before its acknowledgement.
  sync_interval: always
}}
max_payload: 1MB
authorization {{
  users: [
    # The operator: declares streams.
    {{
      user: node
      password: $NATS_NODE_PASSWORD
    }}
{users}
  ]
}}
"""


if __name__ == "__main__":
    sys.stdout.write(server_conf())
