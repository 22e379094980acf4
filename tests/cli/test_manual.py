"""Manual pages that groff takes without a warning."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from w2v_nce.cli import program
from w2v_nce.cli.manual import roff, write_manual
from w2v_nce.cli.options.names import spelling

GROFF = shutil.which("groff")
needs_groff = pytest.mark.skipif(GROFF is None, reason="no groff")


def rendered(page: str) -> str:
    """Return a page as it is shown, without breaks."""
    assert GROFF
    result = subprocess.run(
        [GROFF, "-man", "-ww", "-Kutf8", "-Tutf8", "-P-c", "-P-b", "-P-u", "-rLL=10000n", "-rHY=0"],
        input=page, capture_output=True, text=True, check=True, encoding="utf-8",
    )  # fmt: skip
    assert result.stderr == ""
    return result.stdout


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    paths = write_manual(tmp_path_factory.mktemp("man") / "man1")
    return {path.name: path.read_text("utf-8") for path in paths}


def test_there_is_a_page_for_each_command(pages: dict[str, str]) -> None:
    assert pages.keys() == {"w2v-nce.1", *(f"w2v-nce-{name}.1" for name in program.commands)}


@needs_groff
def test_pages_show_all_options_with_their_texts(pages: dict[str, str]) -> None:
    texts = rendered("\n".join(pages[f"w2v-nce-{name}.1"] for name in program.commands))
    shown = re.sub(r"\s+", " ", texts)
    for command in program.commands.values():
        for option in command.params:
            if isinstance(option, click.Option):
                assert spelling(option) in shown
                assert re.sub(r"\s+", " ", option.help or "") in shown


@needs_groff
def test_the_page_of_the_program_names_the_commands(pages: dict[str, str]) -> None:
    shown = rendered(pages["w2v-nce.1"])
    for heading in ("NAME", "SYNOPSIS", "COMMANDS", "OPTIONS", "ENVIRONMENT", "EXAMPLES"):
        assert re.search(rf"(?m)^{heading}$", shown)
    assert all(f"w2v-nce-{name}(1)" in shown for name in program.commands)


@needs_groff
def test_text_comes_out_as_it_went_in() -> None:
    nasty = [
        "\\fB \\n(.g \\e",
        ".SH no heading",
        "'br",
        "-a--b -",
        'say "it\'s"',
        "`a^b~c`",
        "A|B[?]",
    ]
    shown = rendered(".TH T 1\n.SH X\n.nf\n" + "\n".join(map(roff, nasty)) + "\n.fi\n")
    lines = [line.strip() for line in shown.splitlines() if line.startswith("    ")]
    assert lines[:-1] == nasty  # the last is the footer


def test_a_file_in_the_way_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "man1").write_text("precious")
    with pytest.raises(FileExistsError):
        write_manual(tmp_path / "man1")
