"""What the log is told of evaluations: who began one, of what, and how it ended."""

from __future__ import annotations

from typing import Final

from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.gateway.evaluation.run import Result
from allmanning.gateway.evaluation.sets import QuestionSet
from allmanning.runtime.record import Content, Json, Recorder

STARTED: Final = "evaluation.started"
ENDED: Final = "evaluation.ended"


class Records:
    """Writes them; a run's records have its id. Raises `Unavailable`: `audit.unavailable`."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    async def started(self, principal: Principal, run_id: str, questions: QuestionSet) -> None:
        role = principal.role.name.lower()
        fields: dict[str, Json] = {
            "role": role,
            "unit": principal.unit,
            "evaluation": {
                "set": questions.id,
                "revision": questions.revision,
                "rows": questions.pin,
                "questions": len(questions.questions),
            },
        }
        actor: Json = {"key_id": principal.key_id, "role": role, "unit": principal.unit}
        parts = {"actor": Content(actor, retention="B"), "name": Content(questions.name)}
        await self._recorder.record(
            STARTED, authority=principal.authority, decision_id=run_id, fields=fields, parts=parts
        )

    async def ended(self, authority: str, run_id: str, state: str, result: Result | None = None, why: str = "") -> None:
        """`state` as the run has it then, or "not_started"."""
        told: dict[str, Json] = {"state": state}
        if why:
            told["why"] = why
        if result is not None and result.pairs:
            checks = result.checks
            told |= {"answered": len(checks), "right": sum(each.right for each in checks), "pins": result.pins}
        await self._recorder.record(ENDED, authority=authority, decision_id=run_id, fields={"evaluation": told})
