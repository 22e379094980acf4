"""Manual pages, made from the same text as the help: ``python -m w2v_nce.cli.manual FOLDER``."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from w2v_nce.cli import program
from w2v_nce.cli.options.command import Command, Program, option_record, summary
from w2v_nce.cli.options.help import HelpContext, description_and_examples
from w2v_nce.settings.version import VERSION

ENVIRONMENT = """\
Options may be set in the environment: W2V_NCE_THREADS=1 is --threads 1 for all commands that have
it; W2V_NCE_TRAIN_THREADS=1 is for 'w2v-nce train' alone, and wins. The command line wins over both,
and both win over a file of --config. Flags take 1 or 0; names of several files are separated by
colons. NO_COLOR and TERM=dumb turn colours off."""

EXIT_STATUS = """\
0: done; 1: failed, for instance because training diverged or the disk is full; 2: wrong usage or
input; 128 plus the number of a signal that has ended the program, 130 for Ctrl-C."""


def write_manual(folder: Path) -> list[Path]:
    """Write a page for the program and one for each command, and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    root = HelpContext(program, info_name="w2v-nce")
    contexts = [root]
    contexts += [
        HelpContext(each, parent=root, info_name=name) for name, each in program.commands.items()
    ]
    paths = []
    for context in contexts:
        paths.append(folder / f"{page_name(context)}.1")
        paths[-1].write_text(manual_page(context), "utf-8")
    return paths


def page_name(context: click.Context) -> str:
    """Return the name of the page of a command, such as w2v-nce-train."""
    return context.command_path.replace(" ", "-")


def manual_page(context: click.Context) -> str:
    """Return the page of a command in the macros of man(7)."""
    name = page_name(context)
    return "\n".join(
        [
            f'.TH {roff(name.upper())} 1 "" "w2v-nce {VERSION}" "Manual of w2v-nce"',
            *(line for heading, lines in sections(context) for line in (f".SH {heading}", *lines)),
            "",
        ]
    )


def sections(context: click.Context) -> Iterator[tuple[str, list[str]]]:
    """Yield the headings of a page, each with its lines."""
    command = context.command
    assert isinstance(command, Command)
    text, examples = description_and_examples(command)
    arguments = " ".join(command.collect_usage_pieces(context))
    yield "NAME", [f"{roff(page_name(context))} \\- {roff(summary(command))}"]
    yield "SYNOPSIS", [f".B {roff(context.command_path)}", roff(arguments)]
    yield "DESCRIPTION", ["\n.PP\n".join(roff(each) for each in text.split("\n\n"))]
    if isinstance(command, Program):
        groups = [(name, [named(each) for each in found]) for name, found in command.sections()]
        yield "COMMANDS", definitions(groups)
    options = command.option_groups(context)
    yield (
        "OPTIONS",
        definitions(
            [(name, [option_record(each, context) for each in found]) for name, found in options]
        ),
    )
    yield "ENVIRONMENT", [roff(ENVIRONMENT)]
    yield "EXIT STATUS", [roff(EXIT_STATUS)]
    if examples:
        yield "EXAMPLES", [".nf", *(roff(line) for line in examples), ".fi"]
    yield "SEE ALSO", [", ".join(f"\\fB{roff(each)}\\fR(1)" for each in related(context))]


def named(command: click.Command) -> tuple[str, str]:
    """Return the name of the page of a command, and its summary."""
    return f"w2v-nce-{command.name}(1)", summary(command)


def related(context: click.Context) -> list[str]:
    """Return the names of related pages: those of the same section, and that of the program."""
    command = context.command
    if isinstance(command, Program):
        return [f"w2v-nce-{name}" for name in command.commands]
    same = [name for found in program.sections() if command in found[1] for name in found[1]]
    return ["w2v-nce", *(f"w2v-nce-{each.name}" for each in same if each is not command)]


def definitions(groups: list[tuple[str, list[tuple[str, str]]]]) -> list[str]:
    """Return the lines of names with texts below, under the headings of their groups."""
    lines = []
    for heading, rows in groups:
        lines += [f".SS {roff(heading)}"] if len(groups) > 1 else []
        for name, text in rows:
            lines += [".TP", f".B {roff(name)}", roff(text)]
    return lines


def roff(text: str) -> str:
    """Return text escaped for troff, which finds no request or escape in it."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    text = text.replace('"', "\\(dq").replace("^", "\\(ha").replace("~", "\\(ti")
    return re.sub(r"(?m)^\.", r"\\&.", text.replace("`", "\\(ga"))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m w2v_nce.cli.manual FOLDER")
    for path in write_manual(Path(sys.argv[1])):
        print(path)
