"""`allmanning witness`: see to it that a neighbour's log only grows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from allmanning.audit.log.note import BadNote
from allmanning.audit.witness.keys import read_keys
from allmanning.audit.witness.settings import WitnessSettings
from allmanning.audit.witness.state import State
from allmanning.node.folder import DEFAULT
from allmanning.node.output import AsJson, Data, console, errors, notes, show
from allmanning.runtime import telemetry
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.record import Json

app = typer.Typer(help="Vittne: intyga att någon annans beslutslogg bara växer.", no_args_is_help=True)


def _settings(data: Path) -> WitnessSettings:
    return WitnessSettings(data_dir=data)


@app.command("start")
def start(
    name: Annotated[
        str, typer.Option("--name", help="Vittnets namn, till exempel vittne.grannby.se; bara första gången.")
    ] = "",
    host: Annotated[str, typer.Option("--host", help="Adress att lyssna på.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", "-p", min=1, max=65535, help="Port att lyssna på.")] = 8090,
    data: Data = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Starta vittnet. Första gången, med --name, skapas dess nycklar. Ctrl-C stoppar."""
    # A web server that no other command needs.
    from allmanning.audit.witness.serving import serve

    with errors(as_json):
        settings = WitnessSettings(data_dir=data, witness_host=host, witness_port=port, witness_name=name)
        notes.print(f"Vittnet lyssnar på http://{host}:{port}", markup=False)
        provider = telemetry.set_up("witness", settings)
        try:
            serve(settings)
        finally:
            provider.shutdown()


@app.command("vkey")
def vkey(data: Data = DEFAULT, as_json: AsJson = False) -> None:
    """Visa vittnets publika nycklar. Den som driver loggen skriver en av dem i sin policy."""
    with errors(as_json):
        vkeys = [str(each.verifier) for each in read_keys(_settings(data).keys_path)]
        result: dict[str, Json] = {"vkeys": list(vkeys)}

        def text() -> None:
            for each in vkeys:
                console.print(each, markup=False)

        show(result, as_json, text)


@app.command("add-log")
def add_log(
    vkey: Annotated[str, typer.Argument(help="Loggens publika nyckel, som myndigheten har publicerat den.")],
    origin: Annotated[str, typer.Option("--origin", help="Loggens namn, om det inte är nyckelns.")] = "",
    data: Data = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Låt vittnet känna en logg. Gäller genast, också när vittnet redan kör."""
    with errors(as_json):
        try:
            known = State(_settings(data).state_path).trust(vkey, origin)
        except BadNote as error:
            raise InvalidInput("witness.vkey", f"Nyckeln går inte att använda: {error}.") from error
        result: dict[str, Json] = {"origin": known}
        show(result, as_json, lambda: console.print(f"Vittnet känner nu {known}.", markup=False))


@app.command("status")
def status(data: Data = DEFAULT, as_json: AsJson = False) -> None:
    """Visa vilka loggar vittnet känner, hur långt det har sett dem, och om någon har visat två historier."""
    with errors(as_json):
        state = State(_settings(data).state_path)
        rows = [(each, state.seen(each).size, len(state.refused(each))) for each in state.origins()]
        result: dict[str, Json] = {
            "logs": [{"origin": origin, "size": size, "refused": refused} for origin, size, refused in rows]
        }

        def text() -> None:
            for origin, size, refused in rows:
                fork = f"; {refused} kontrollpunkter som INTE är en fortsättning" if refused else ""
                console.print(f"{origin}: {size} poster{fork}", markup=False)

        show(result, as_json, text)
