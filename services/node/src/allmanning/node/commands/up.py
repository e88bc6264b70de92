"""`allmanning up`: the whole platform on this machine."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from allmanning.node.demo import Demo
from allmanning.node.folder import DEFAULT, DataFolder
from allmanning.node.local_model import LocalModel
from allmanning.node.output import AsJson, Data, console, errors, notes, show
from allmanning.node.supervisor import Supervisor
from allmanning.runtime.record import Json


def up(
    data: Data = DEFAULT,
    port: Annotated[int, typer.Option("--port", "-p", min=1, max=65535, help="Port för webbsidor och API.")] = 8080,
    demo: Annotated[bool, typer.Option("--demo/--no-demo", help="Ladda Exempelby kommun.")] = True,
    reindex: Annotated[
        bool, typer.Option("--reindex", help="Bygg ett nytt index om språkmodellen för sökning har bytts.")
    ] = False,
    model: Annotated[
        Path | None,
        typer.Option("--model", help="GGUF-fil med en språkmodell som formulerar svaren på den här maskinen."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Starta hela plattformen. Ctrl-C stoppar den; det som sparats finns kvar till nästa start."""
    with errors(as_json):
        folder = DataFolder(data).create()
        folder.lock()
        local = _local(model, folder, as_json) if model is not None else None
        asyncio.run(_up(folder, port, Demo.find() if demo else None, reindex, local, as_json))


def _local(file: Path, folder: DataFolder, as_json: bool) -> LocalModel:
    if not as_json:
        notes.print(f"Läser {file.name} …", markup=False)
    local = LocalModel.prepare(file, remembered=folder.node / "models.json")
    if not as_json:
        notes.print(f"  {local.name}, {local.digest}", markup=False)
    return local


async def _up(
    folder: DataFolder, port: int, demo: Demo | None, reindex: bool, model: LocalModel | None, as_json: bool
) -> None:
    started = time.monotonic()
    stop = asyncio.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signum, stop.set)
    # What the operator has written about authorities goes before the demo's own.
    facts = demo.facts if demo and "ALLMANNING_AUTHORITIES" not in os.environ else None
    supervisor = Supervisor(
        folder,
        port,
        default_authority=demo.authority if demo else "",
        authorities=facts,
        reindex=reindex,
        model=model,
    )
    try:
        work = asyncio.create_task(_ready(supervisor, folder, demo, as_json, started))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({work, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            # Raises what went wrong; otherwise the platform runs until someone stops it.
            work.result()
        else:
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await work
        await stopping
    finally:
        if not as_json:
            notes.print("Stoppar …")
        await supervisor.stop()


async def _ready(supervisor: Supervisor, folder: DataFolder, demo: Demo | None, as_json: bool, started: float) -> None:
    def progress(text: str) -> None:
        if not as_json:
            notes.print(f"  {text}", markup=False)

    if not as_json:
        notes.print("Startar Allmänning …")
    await supervisor.start(progress)
    ready: dict[str, Json] = {"url": supervisor.url, "data": str(folder.path)}
    keys: dict[str, str] = {}
    if demo is not None:
        outcome = await asyncio.to_thread(demo.load, folder, supervisor.url, _counter(as_json))
        for each in outcome.rejected:
            progress(f"{each['path']}: {each['reason']}")
        keys = demo.sign_ins(folder)
        ready["demo"] = {"authority": demo.authority, **outcome.as_dict()}
    ready |= {"ready_s": round(time.monotonic() - started, 1), "keys": dict(keys)}
    show(ready, as_json, lambda: _welcome(supervisor.url, keys, demo, started))
    sys.stdout.flush()


def _counter(as_json: bool) -> Callable[[int, int], None]:
    told = -1

    def count(done: int, total: int) -> None:
        nonlocal told
        if not as_json and done != told and (done == total or done % 10 == 0):
            told = done
            notes.print(f"  dokument {done} av {total}")

    return count


def _welcome(url: str, keys: dict[str, str], demo: Demo | None, started: float) -> None:
    console.print(f"\n[bold green]Allmänning är igång[/] efter {time.monotonic() - started:.1f} s.\n")
    console.print(f"  Fråga oss (medborgare)   {url}/")
    console.print(f"  Sök (handläggare)        {url}/search")
    console.print(f"  Administrera             {url}/admin")
    console.print(f"  Beslutslogg (revisor)    {url}/log")
    console.print(f"  API                      {url}/v1  (OpenAI-kompatibelt)\n")
    if demo is not None:
        console.print(f"  Demo: {demo.name}. Logga in på sidorna med en nyckel:")
        for role, key in keys.items():
            console.print(f"    {role:<11} {key}")
    else:
        console.print("  Skapa en nyckel: allmanning key create --authority MYNDIGHET --role admin")
    console.print("\nCtrl-C stoppar. Det som sparats finns kvar.")
