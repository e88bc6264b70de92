"""What makes the log public, put together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path

from allmanning.audit.log.policy import BadPolicy, Policy
from allmanning.audit.log.store import Store
from allmanning.audit.log.writer import Writer
from allmanning.audit.publication.conflict import Alarm
from allmanning.audit.publication.handlers import LogHandlers
from allmanning.audit.publication.publisher import Publisher
from allmanning.audit.publication.sealer import Sealer
from allmanning.audit.publication.witnesses import Witnesses
from allmanning.audit.settings import AuditSettings
from allmanning.runtime.endpoint import Answering
from allmanning.runtime.errors import Refused
from allmanning.runtime.record import Recorder


class Publication:
    """Tiles, witnesses and seals of a running service."""

    def __init__(self, settings: AuditSettings, store: Store, writer: Writer, recorder: Recorder) -> None:
        """Raises Refused: `witness.policy`, when there is a policy and it can't be read."""
        policy = read_policy(settings.witness_policy) if settings.witness_policy else None
        self._witnesses = Witnesses(policy) if policy else None
        self._publisher = Publisher(
            store,
            settings.tiles_dir or settings.data_dir / "audit" / "tiles",
            self._witnesses,
            every_s=settings.publish_every_s,
            alarm_after_s=settings.witness_alarm_after_s,
        )
        self._sealer = Sealer(
            store,
            recorder,
            grace_s=settings.seal_grace_s,
            most_gap=timedelta(days=settings.seal_most_gap_days),
        )
        self._alarm = Alarm(self._witnesses, recorder) if self._witnesses else None
        self._handlers = LogHandlers(store, writer, self._publisher, self._sealer)

    def endpoints(self) -> Sequence[Answering]:
        return self._handlers.endpoints()

    def tasks(self) -> Sequence[Callable[[], Awaitable[None]]]:
        """What runs as long as the service."""
        return [self._publisher.run, self._sealer.run, *([self._alarm.run] if self._alarm else [])]

    async def close(self) -> None:
        if self._witnesses:
            await self._witnesses.close()


def read_policy(path: Path) -> Policy:
    """The witness policy of a file.

    Raises:
        Refused: `witness.policy`.
    """
    try:
        return Policy.parse(path.read_bytes())
    except (OSError, BadPolicy) as error:
        raise Refused(
            "witness.policy", f"Vittnespolicyn {path} går inte att använda: {error} (The witness policy is unusable.)"
        ) from error
