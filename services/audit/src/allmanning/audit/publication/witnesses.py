"""Ask the witnesses of a policy to cosign (C2SP tlog-witness, from the log's side)."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import httpx2

from allmanning.audit.log.checkpoint import parse_size
from allmanning.audit.log.note import BadNote, Note, Signature
from allmanning.audit.log.policy import Policy, PolicyWitness
from allmanning.audit.publication.standing import Problem, Standing
from allmanning.audit.witness.request import AddCheckpoint

TIMEOUT_S: Final = 5.0
# A witness that answers with ever new sizes is not asked for ever.
_MOST_ATTEMPTS: Final = 3
OK, CONFLICT, UNPROCESSABLE = 200, 409, 422

log = logging.getLogger(__name__)


class Submitted(NamedTuple):
    """A checkpoint of one of our logs. `prove` gives the consistency proof from a smaller size; it reads the disk."""

    origin: str
    size: int
    note: str
    prove: Callable[[int], Sequence[bytes]]


class Contradiction(NamedTuple):
    """A witness has seen what our log does not continue: two histories under one name."""

    origin: str
    witness: PolicyWitness
    size: int
    status: int
    seen: int


class Witnesses:
    """The witnesses of a policy. What they have cosigned is known again after a restart: each says where it stands."""

    def __init__(self, policy: Policy, client: httpx2.AsyncClient | None = None) -> None:
        self.policy = policy
        self._client = client or httpx2.AsyncClient(timeout=TIMEOUT_S)
        self._standings: dict[tuple[str, str], Standing] = {}
        self.contradictions: list[Contradiction] = []

    async def close(self) -> None:
        await self._client.aclose()

    def standings(self, origin: str) -> list[Standing]:
        """How each witness stands to a log, in the policy's order."""
        return [self._standing(origin, name) for name in self.policy.witnesses]

    def _standing(self, origin: str, name: str) -> Standing:
        return self._standings.setdefault((origin, name), Standing(name))

    async def cosign(self, submitted: Submitted) -> list[Signature]:
        """The cosignatures of a checkpoint that can be had now; never waits for a witness longer than `TIMEOUT_S`.

        A contradiction is added to `contradictions` once, when it is first met.
        """
        await asyncio.gather(*(self._ask(submitted, each) for each in self.policy.witnesses.values()))
        return [
            each.signature
            for each in self.standings(submitted.origin)
            if each.signature is not None and each.size == submitted.size
        ]

    async def _ask(self, submitted: Submitted, witness: PolicyWitness) -> None:
        standing = self._standing(submitted.origin, witness.name)
        if not standing.due(submitted.size, time.monotonic()):
            return
        if not witness.url:
            self._failed(submitted, standing, Problem.NO_ADDRESS, "policyn har ingen adress till det")
            return
        try:
            async with asyncio.timeout(TIMEOUT_S):
                await self._submit(submitted, witness, standing)
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError) as error:
            self._failed(submitted, standing, Problem.UNREACHABLE, type(error).__name__)
        except BadNote as error:
            self._failed(submitted, standing, Problem.UNREACHABLE, str(error))

    async def _submit(self, submitted: Submitted, witness: PolicyWitness, standing: Standing) -> None:
        old = min(standing.size, submitted.size)
        for _ in range(_MOST_ATTEMPTS):
            proof = await asyncio.to_thread(submitted.prove, old)
            body = bytes(AddCheckpoint(old, proof, submitted.note))
            answer = await self._client.post(f"{witness.url.rstrip('/')}/add-checkpoint", content=body)
            if answer.status_code == OK:
                standing.cosigned(submitted.size, _signature(submitted, witness, answer.text))
                return
            if answer.status_code != CONFLICT:
                break
            old = parse_size(answer.text.removesuffix("\n"))
            if old > submitted.size:
                self._contradicted(submitted, standing, witness, answer.status_code, old)
                return
        if answer.status_code == UNPROCESSABLE:
            self._contradicted(submitted, standing, witness, answer.status_code, old)
        elif answer.is_server_error or answer.status_code == CONFLICT:
            self._failed(submitted, standing, Problem.UNREACHABLE, f"HTTP {answer.status_code}")
        else:
            self._failed(submitted, standing, Problem.REFUSED, f"HTTP {answer.status_code}")

    def _contradicted(
        self, submitted: Submitted, standing: Standing, witness: PolicyWitness, status: int, seen: int
    ) -> None:
        if self._failed(submitted, standing, Problem.CONFLICT, f"HTTP {status}, vittnet har sett {seen} poster"):
            self.contradictions.append(Contradiction(submitted.origin, witness, submitted.size, status, seen))

    @staticmethod
    def _failed(submitted: Submitted, standing: Standing, problem: Problem, why: str) -> bool:
        new = standing.failed(problem, time.monotonic(), time.time())
        if new:
            level = logging.ERROR if problem is Problem.CONFLICT else logging.WARNING
            log.log(level, "%s: witness %s has not cosigned: %s (%s)", submitted.origin, standing.witness, problem, why)
        return new


def _signature(submitted: Submitted, witness: PolicyWitness, lines: str) -> Signature:
    """The witness's own signature among those it answered with, checked."""
    text = Note.parse(submitted.note).text
    for each in Signature.parse_lines(lines):
        if each.made_by(witness.key.vkey):
            cosigned = witness.key.cosigned(text, each.signature)
            if cosigned.timestamp == 0:
                raise BadNote("medunderskriften har ingen tid")
            return each
    raise BadNote("svaret har ingen underskrift av vittnets nyckel")
