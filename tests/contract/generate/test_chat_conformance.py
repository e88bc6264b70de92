"""What every dialect promises of a chat, whatever its server does: one suite for both."""

from __future__ import annotations

import asyncio
import json

import pytest

from allmanning.generate.model.openai import OpenAIChat
from allmanning.generate.model.server import ModelServer
from allmanning.generate.model.tgi import TgiChat
from allmanning.runtime.errors import Busy, PlatformError, Refused, TimedOut, Unavailable
from tests.contract.generate.chats import QUESTION, SCHEMA, Chat, Heard, failure
from tests.contract.generate.scripted_model import Script, ScriptedModel


async def test_a_stream_is_heard_piece_by_piece_and_counted(chat: Chat, model: ScriptedModel) -> None:
    model.script = Script(pieces=("Avgiften ", "är ", "900 kronor."))
    heard = Heard()

    reply = (await chat.run_async(QUESTION, heard))["replies"][0]

    assert heard.pieces == ["Avgiften ", "är ", "900 kronor."]
    assert reply.text == "Avgiften är 900 kronor."
    assert reply.meta["finish_reason"] == "stop"
    assert (reply.meta["usage"]["prompt_tokens"], reply.meta["usage"]["completion_tokens"]) == (11, 7)


async def test_without_a_listener_the_whole_reply_is_given(chat: Chat, model: ScriptedModel) -> None:
    model.script = Script(pieces=("Avgiften ", "är 900 kronor."))

    assert (await chat.run_async(QUESTION))["replies"][0].text == "Avgiften är 900 kronor."


async def test_sampling_goes_along_and_a_request_may_narrow_it(chat: Chat, model: ScriptedModel) -> None:
    await chat.run_async(QUESTION)
    await chat.run_async(QUESTION, None, {"max_tokens": 5, "seed": 8, "stop": ["\n"]})

    usual, narrowed = model.requests
    assert (usual["model"], usual["max_tokens"], usual["seed"], usual["stop"]) == ("our-model", 64, 7, ["###"])
    assert (narrowed["max_tokens"], narrowed["seed"], narrowed["stop"]) == (5, 8, ["\n"])
    assert all("authorization: bearer s3cret" in each.lower() for each in model.headers)


async def test_the_token_limit_is_told_from_the_end(chat: Chat, model: ScriptedModel) -> None:
    model.script = Script(pieces=("Avgiften är",), finish_reason="length")

    assert (await chat.run_async(QUESTION))["replies"][0].meta["finish_reason"] == "length"


async def test_json_of_a_schema_is_asked_for_in_the_servers_own_words(
    chat: Chat, dialect: str, model: ScriptedModel
) -> None:
    model.script = Script(pieces=('{"avgift": ', "900}"))
    wanted = {"type": "json_schema", "json_schema": {"name": "svar", "schema": SCHEMA}}

    reply = (await chat.run_async(QUESTION, Heard(), {"response_format": wanted}))["replies"][0]

    assert json.loads(reply.text or "") == {"avgift": 900}
    sent = model.requests[0]["response_format"]
    assert sent == ({"type": "json_object", "value": SCHEMA} if dialect == "tgi" else wanted)


async def test_who_leaves_before_the_first_word_stops_the_server(chat: Chat, model: ScriptedModel) -> None:
    model.script = Script(first_after_s=30)
    asking = asyncio.create_task(chat.run_async(QUESTION, Heard()))
    async with asyncio.timeout(60):
        await model.asked.wait()
        asking.cancel()
        await model.left.wait()
    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_who_leaves_in_mid_sentence_stops_the_server(chat: Chat, model: ScriptedModel) -> None:
    model.script = Script(pieces=("Avgiften ", "är"), hang_after=1)
    heard = Heard()
    asking = asyncio.create_task(chat.run_async(QUESTION, heard))
    async with asyncio.timeout(60):
        await heard.first.wait()
        asking.cancel()
        await model.left.wait()
    with pytest.raises(asyncio.CancelledError):
        await asking


@pytest.mark.parametrize(
    ("script", "kind", "code", "retry_after_s"),
    [
        (Script(status=422), Unavailable, "model.rejected", None),
        (Script(status=400), Unavailable, "model.rejected", None),
        (Script(status=401), Unavailable, "model.unavailable", 5),
        (Script(status=404), Unavailable, "model.unavailable", 5),
        (Script(status=500), Unavailable, "model.unavailable", 5),
        (Script(status=429), Busy, "model.busy", 5),
        (Script(status=429, headers={"Retry-After": "17"}), Busy, "model.busy", 17),
        (Script(status=429, headers={"Retry-After": "snart"}), Busy, "model.busy", 5),
        (Script(status=503, headers={"Retry-After": "17"}), Unavailable, "model.unavailable", 17),
        (Script(drop_after=0), Unavailable, "model.interrupted", 5),
        (Script(pieces=("Avgiften ", "är"), drop_after=1), Unavailable, "model.interrupted", 5),
        (Script(pieces=("Avgiften är",), finish_reason=None), Unavailable, "model.interrupted", 5),
        (Script(raw=(b"data: {not json}\n\n",)), Unavailable, "model.interrupted", 5),
        (Script(raw=(b"<html>proxy</html>",)), Unavailable, "model.interrupted", 5),
        (Script(raw=(b'data: {"error": {"message": "out of memory"}}\n\n',)), Unavailable, "model.interrupted", 5),
    ],
)
async def test_every_failure_has_its_code_and_its_wait(
    chat: Chat, model: ScriptedModel, script: Script, kind: type[PlatformError], code: str, retry_after_s: float
) -> None:
    model.script = script
    failed = await failure(chat)

    assert (type(failed), failed.code, failed.retry_after_s) == (kind, code, retry_after_s)


@pytest.mark.parametrize(
    "script",
    [
        Script(hang_after=0),
        Script(pieces=("Avgiften ",), hang_after=1),
        Script(first_after_s=60),
        Script(raw=(b": ping\n\n",), endless=True),
    ],
    ids=["silent", "stalled", "late", "only pings"],
)
async def test_without_words_nobody_is_waited_for(impatient: Chat, model: ScriptedModel, script: Script) -> None:
    model.script = script

    failed = await failure(impatient)

    assert (type(failed), failed.code) == (TimedOut, "model.timeout")
    # On a loaded machine the patience may end before the server has seen anyone who could leave it.
    if model.requests:
        async with asyncio.timeout(20):
            await model.left.wait()


async def test_a_server_that_asks_for_rest_gets_it(chat: Chat, model: ScriptedModel) -> None:
    model.script = Script(status=503, headers={"Retry-After": "17"})
    await failure(chat)
    model.script = Script()

    again = await failure(chat)

    assert len(model.requests) == 1
    assert 0 < (again.retry_after_s or 0) <= 17


async def test_a_connection_that_the_server_let_go_of_costs_no_answer(chat: Chat, model: ScriptedModel) -> None:
    await chat.run_async(QUESTION)
    model.unanswered = 1

    await chat.run_async(QUESTION)

    assert len(model.requests) == 3
    model.unanswered = 2
    assert (await failure(chat)).code == "model.interrupted"


async def test_letters_that_the_network_cut_in_two_are_whole(chat: Chat, model: ScriptedModel) -> None:
    whole = model.events("Å", "ä", "ö 🙂", finish_reason="stop")
    model.script = Script(raw=[whole[place : place + 1] for place in range(len(whole))], pause_s=0)

    assert (await chat.run_async(QUESTION))["replies"][0].text == "Åäö 🙂"


async def test_half_a_letter_is_marked_and_the_rest_is_read(chat: Chat, model: ScriptedModel) -> None:
    whole = model.events("Avgift: å", finish_reason="stop").replace("å".encode(), b"\xc3")
    model.script = Script(raw=[whole])

    assert (await chat.run_async(QUESTION))["replies"][0].text == "Avgift: �"


async def test_separators_that_only_some_readers_take_for_a_new_line_break_nothing(
    chat: Chat, model: ScriptedModel
) -> None:
    model.script = Script(raw=[model.events("Rad ett\u2028rad två\u0085slut", finish_reason="stop")])

    assert (await chat.run_async(QUESTION))["replies"][0].text == "Rad ett rad två slut"


async def test_a_piece_longer_than_an_answer_can_be_is_cut(chat: Chat, model: ScriptedModel) -> None:
    model.script = Script(pieces=("x" * 500_000,))
    heard = Heard()

    reply = (await chat.run_async(QUESTION, heard))["replies"][0]

    assert len(heard.text) == len(reply.text or "") == 64 * 24
    assert reply.meta["finish_reason"] == "length"


async def test_ten_megabytes_in_one_piece_are_read_no_further(chat: Chat, model: ScriptedModel) -> None:
    model.script = Script(pieces=("x" * 10_000_000,))

    assert (await failure(chat)).code == "model.interrupted"


async def test_a_stream_without_end_is_ended(chat: Chat, model: ScriptedModel) -> None:
    model.script = Script(pieces=("om och om igen ",), endless=True, pause_s=0)
    heard = Heard()

    async with asyncio.timeout(60):
        reply = (await chat.run_async(QUESTION, heard))["replies"][0]
        await model.left.wait()

    assert reply.meta["finish_reason"] == "length"
    assert len(heard.text) <= 64 * 24


async def test_empty_events_without_end_are_ended(chat: Chat, model: ScriptedModel) -> None:
    model.script = Script(pieces=("",), endless=True, pause_s=0)

    async with asyncio.timeout(60):
        assert (await chat.run_async(QUESTION))["replies"][0].meta["finish_reason"] == "length"
        await model.left.wait()


async def test_a_line_without_end_is_read_no_further(chat: Chat, model: ScriptedModel) -> None:
    model.script = Script(raw=(b"data: ", b"x" * 100_000), endless=True, pause_s=0)

    async with asyncio.timeout(60):
        assert (await failure(chat)).code == "model.interrupted"
        await model.left.wait()


async def test_bytes_without_end_are_read_no_further(
    chat: Chat, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("allmanning.generate.model.transport._LONGEST_BYTES", 100_000)
    model.script = Script(raw=(b": ping\n\n" * 1000,), endless=True, pause_s=0)

    async with asyncio.timeout(60):
        assert (await failure(chat)).code == "model.interrupted"
        await model.left.wait()


async def test_a_hundred_answers_leave_no_connection_behind(chat: Chat, model: ScriptedModel) -> None:
    model.script = Script(pause_s=0)
    for _ in range(100):
        await chat.run_async(QUESTION)

    assert model.open_connections <= 8 + 1


@pytest.mark.parametrize("made", [TgiChat, OpenAIChat])
def test_without_an_address_nothing_is_asked_of_anybody(made: type[Chat]) -> None:
    with pytest.raises(Refused) as caught:
        made().bind(ModelServer("", "m"))
    assert caught.value.code == "models.no_server"
