"""What a command prints: text for people, one JSON value with `--json`, and an exit code that means something."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer
from rich.console import Console

from allmanning.node.client import Target
from allmanning.node.folder import DEFAULT, DataFolder
from allmanning.runtime.errors import PlatformError
from allmanning.runtime.record import Json

# 0 done · 1 done, and the answer is no (a log that does not verify, a rejected document) · 2 wrong use or input
# 3 the platform is not running or not reachable · 4 a key is missing, unknown or not enough
EXIT_NO: Final = 1
EXIT_INPUT: Final = 2
EXIT_UNAVAILABLE: Final = 3
EXIT_KEY: Final = 4

UNAUTHENTICATED, FORBIDDEN, BUSY = 401, 403, 429

console = Console(stderr=False, highlight=False, soft_wrap=True)
notes = Console(stderr=True, highlight=False, soft_wrap=True)

AsJson = Annotated[bool, typer.Option("--json", help="Skriv ett JSON-värde i stället för text.")]
Data = Annotated[
    Path, typer.Option("--data", envvar="ALLMANNING_DATA", help="Nodens datamapp.", show_default=str(DEFAULT))
]
Url = Annotated[str, typer.Option("--url", envvar="ALLMANNING_URL", help="Plattformens adress, i stället för --data.")]
KeyOption = Annotated[
    str, typer.Option("--key", envvar="ALLMANNING_KEY", help="API-nyckel, i stället för nodens egen.")
]
AuthorityOption = Annotated[str, typer.Option("--authority", "-a", help="Myndighetens id, till exempel exempelby.")]


def target(data: Path, url: str, key: str) -> Target:
    """Whom the command talks to, from the options that every command takes."""
    return Target(DataFolder(data), url, key)


def exit_code(error: PlatformError) -> int:
    """The exit code that tells a script what kind of error this was."""
    if error.status in (UNAUTHENTICATED, FORBIDDEN):
        return EXIT_KEY
    if error.retryable or error.code == "node.not_running":
        return EXIT_UNAVAILABLE
    return EXIT_INPUT


def show(value: Mapping[str, Json], as_json: bool, text: Callable[[], None]) -> None:
    """Print the result: as JSON, or by calling `text`."""
    if as_json:
        sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
    else:
        text()


def fail(error: PlatformError, as_json: bool) -> NoReturn:
    """Print what went wrong and end the command."""
    if as_json:
        body = {"error": {"code": error.code, "message": error.message}}
        sys.stdout.write(json.dumps(body, ensure_ascii=False) + "\n")
    else:
        notes.print(f"[bold red]Fel[/] ({error.code}): ", end="")
        notes.print(error.message, markup=False)
    raise typer.Exit(exit_code(error))


@contextmanager
def errors(as_json: bool) -> Iterator[None]:
    """Turn errors of the platform into a message and an exit code."""
    try:
        yield
    except PlatformError as error:
        fail(error, as_json)
    except BrokenPipeError:
        # The reader of our output has left, as `head` does.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None
