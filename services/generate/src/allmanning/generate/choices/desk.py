"""The endpoints generate.v1.get_choices and set_choices: what an authority has chosen, and who changes it."""

from __future__ import annotations

from typing import Final

from allmanning.contracts.access.v1.access_pb import Principal, Role
from allmanning.contracts.generate.v1 import generate_pb as proto
from allmanning.generate.answerers import Answerers
from allmanning.generate.authorities import Authorities
from allmanning.generate.choices.choice import MAX_REASON_CHARS, Choice
from allmanning.generate.choices.choices import ChoiceChange, Choices, KeptChoice, changed_meanwhile
from allmanning.generate.config_change import changed
from allmanning.runtime.errors import Forbidden, InvalidInput
from allmanning.runtime.identity import checked_authority
from allmanning.runtime.record import Content, Json, Recorder, now

_READERS: Final = (Role.ADMIN, Role.AUDITOR)


class ChoiceDesk:
    """Shows and changes an authority's own choices; what is the operator's is not changed here."""

    def __init__(self, choices: Choices, answerers: Answerers, authorities: Authorities, recorder: Recorder) -> None:
        self._choices = choices
        self._answerers = answerers
        self._authorities = authorities
        self._recorder = recorder

    async def get(self, request: proto.GetChoicesRequest) -> proto.GetChoicesResponse:
        """What is in force, what can be chosen, and the latest changes.

        Raises:
            InvalidInput: `principal.missing`, `authority.invalid`. Forbidden: `choice.forbidden`.
            Unavailable: `choice.unavailable`.
        """
        principal = _reader(request.principal)
        authority = self._authorities.of(principal.authority)
        kept = await self._choices.read(principal.authority)
        return proto.GetChoicesResponse(
            choice=kept.choice.message(),
            revision=kept.revision,
            tone_of_file=authority.tone,
            changes=[
                proto.ChoiceChange(
                    at=each.at,
                    by=each.by,
                    reason=each.reason,
                    record=each.record,
                    before=each.before.message(),
                    after=each.after.message(),
                )
                for each in kept.changes
            ],
            options=[
                proto.ModelOption(
                    name=name, chain=self._answerers.chain(name), barred=self._answerers.barred(name, authority)
                )
                for name in self._answerers.names
            ],
            model_of_registry=self._answerers.first,
        )

    async def set(self, request: proto.SetChoicesRequest) -> proto.SetChoicesResponse:
        """In force for the next question; on record before that. What changes nothing leaves no record.

        Raises:
            InvalidInput: `choice.invalid`, `choice.model_unknown`, `choice.reason_missing`, and as `get`.
            Forbidden: as `get`. Refused: `choice.model_barred`, `models.key_missing`. Conflict: `choice.changed`.
            Unavailable: `audit.unavailable`, and as `get`.
        """
        principal = _reader(request.principal)
        if principal.role is not Role.ADMIN:
            raise Forbidden("choice.forbidden", "Bara en administratör ändrar ton och modell.")
        reason = request.reason.strip()
        if not reason or len(reason) > MAX_REASON_CHARS:
            raise InvalidInput(
                "choice.reason_missing",
                f"Skriv varför, med högst {MAX_REASON_CHARS} tecken. (Say why, in {MAX_REASON_CHARS} at most.)",
            )
        wanted = Choice.of(request.choice)
        kept = await self._choices.read(principal.authority)
        if request.revision != kept.revision:
            raise changed_meanwhile()
        if wanted.model != kept.choice.model:
            await self._answerers.check(wanted.model, self._authorities.of(principal.authority))
        if wanted != kept.choice:
            kept = await self._change(principal, kept, wanted, reason)
        return proto.SetChoicesResponse(choice=kept.choice.message(), revision=kept.revision)

    async def _change(self, principal: Principal, kept: KeptChoice, wanted: Choice, reason: str) -> KeptChoice:
        fields: dict[str, Json] = {"what": "wording", "before": kept.choice.facts(), "after": wanted.facts()}
        authority = principal.authority

        async def put(record: str) -> KeptChoice:
            change = ChoiceChange(
                at=now(), by=principal.key_id, reason=reason, record=record, before=kept.choice, after=wanted
            )
            return await self._choices.put(authority, kept, change)

        return await changed(self._recorder, principal, authority, fields, {"reason": Content(reason)}, put)


def _reader(principal: Principal | None) -> Principal:
    if principal is None:
        raise InvalidInput("principal.missing", "Det framgår inte vem som frågar.")
    if principal.role not in _READERS:
        raise Forbidden("choice.forbidden", "Bara administratörer och revisorer ser vad myndigheten har valt.")
    checked_authority(principal.authority)
    return principal
