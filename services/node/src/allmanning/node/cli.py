"""The command line `allmanning`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    # Typer carries its own click, and has no public name for these two.
    from typer._click import Command, Context

COMMANDS: Final = (
    "up",
    "status",
    "ingest",
    "search",
    "ask",
    "mcp",
    "report",
    "key",
    "user",
    "authority",
    "quota",
    "source",
    "webhook",
    "queue",
    "log",
    "registers",
    "witness",
    "audit",
    "reviews",
    "forget",
    "hold",
    "rules",
    "deployment",
    "collection",
    "synonyms",
    "evaluate",
)


class Commands(TyperGroup):
    """Each command is a module of `allmanning.node.commands`, read when it is called: all of them take seconds."""

    def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002 - Typer's
        """Names in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:  # noqa: ARG002 - Typer's
        """The module's `app`, or the function named as the module; None if there is no such command."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"allmanning.node.commands.{cmd_name}")
        group = typer.Typer(rich_markup_mode="rich")
        if hasattr(module, "app"):
            group.add_typer(module.app, name=cmd_name)
        else:
            group.command(cmd_name)(getattr(module, cmd_name))
        return typer.main.get_group(group).commands[cmd_name]


app = typer.Typer(
    cls=Commands,
    name="allmanning",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


@app.callback()
def allmanning() -> None:
    """Allmänning: en assistent som kommuner och regioner delar."""


def main() -> None:
    """Entry point of the installed command."""
    app()


if __name__ == "__main__":
    main()
