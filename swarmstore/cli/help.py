"""What commands have in common: how their help looks, and options that may come before their names."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from swarmstore.cli.times import FORMS, PLACEHOLDER

UsageError: Any = typer.BadParameter.__mro__[1]  # of all wrong calls
_WHOLE = 1_000  # letters of a sentence: none is cut


class _InLists:
    """A command whose first sentence is whole in a list of commands, and where a shell completes."""

    def get_short_help_str(self, limit: int = _WHOLE) -> str:
        """Make the sentence."""
        return super().get_short_help_str(max(limit, _WHOLE))  # type: ignore[misc,no-any-return]


class Command(_InLists, TyperCommand):
    """A command whose help shows what to write in place of what."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Collect what follows the command's name in its usage."""
        return ["[OPTIONS]", *(_usage(each) for each in _arguments(self, ctx))]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the arguments and options, each with the whole text of its help."""
        _write_parameters(self, ctx, formatter)


class Group(_InLists, TyperGroup):
    """Commands whose help lists them by what they are for, and whose options may come before their names."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Find the command, and put options given before its name first behind it: what follows wins."""
        try:
            name, command, rest = super().resolve_command(ctx, args)
        except UsageError as error:
            if ctx.parent is not None:  # as of `show`, whose commands are few
                error.message += f" There are {', '.join(self.list_commands(ctx))}."
            raise
        before = list[str]()
        for option in self.params:
            source: Any = ctx.get_parameter_source(option.name)
            if source.name == "COMMANDLINE":
                value: Any = ctx.params[option.name]
                before += [option.opts[0], *([] if value is True else [value])]
        return name, command, [*before, *rest]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the options, and the commands behind them."""
        _write_parameters(self, ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write each group of commands under its title, with the first sentence of each command's help."""
        groups: dict[str, list[tuple[str, str]]] = {}
        width = max(map(len, self.commands))
        for name in self.list_commands(ctx):
            command: Any = self.commands[name]
            row = (name.ljust(width), command.get_short_help_str())
            groups.setdefault(command.rich_help_panel or "Commands", []).append(row)
        for title, rows in groups.items():
            with formatter.section(title):
                formatter.write_dl(rows)


def _arguments(command: Any, ctx: Any) -> list[Any]:
    return [each for each in command.get_params(ctx) if each.param_type_name == "argument"]


def _placeholder(argument: Any) -> str:
    return str(argument.metavar or argument.name.upper())


def _usage(argument: Any) -> str:
    name = _placeholder(argument)
    return (name if argument.required else f"[{name}]") + ("..." if argument.nargs != 1 else "")


def _write_parameters(command: Any, ctx: Any, formatter: Any) -> None:
    arguments = _arguments(command, ctx)
    options = [each for each in command.get_params(ctx) if each.param_type_name == "option"]
    if arguments:
        with formatter.section("Arguments"):
            formatter.write_dl([(_placeholder(each), each.help) for each in arguments])
    with formatter.section("Options"):
        formatter.write_dl([(each.get_help_record(ctx)[0], each.help) for each in options])
    if any(each.metavar == PLACEHOLDER for each in options):
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(FORMS)
