"""The program as a user's shell runs it, but in the process of the tests, which is quicker."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from subprocess import CompletedProcess
from tempfile import TemporaryFile
from typing import IO, Any

import pytest

from w2v_nce.cli import main
from w2v_nce.cli.terminal.signals import STOPPING


def w2v_nce(
    *arguments: object, input: str = "", stdin: IO[Any] | None = None, cwd: object = "."
) -> CompletedProcess[str]:
    """Run the program with these arguments; standard streams are files."""
    code: object = 0
    with (
        pytest.MonkeyPatch.context() as patch,
        _signals_as_before(),
        _file() as given,
        _file() as output,
        _file() as errors,
    ):
        given.write(input)
        given.seek(0)
        patch.chdir(str(cwd))
        patch.setattr(sys, "stdin", given if stdin is None else stdin)
        patch.setattr(sys, "stdout", output)
        patch.setattr(sys, "stderr", errors)
        try:
            main([*map(str, arguments)])
        except SystemExit as ended:
            code = ended.code
        assert isinstance(code, int)
        return CompletedProcess(arguments, code, _read(output), _read(errors))


_file = partial(TemporaryFile, "w+", encoding="utf-8", newline="")


def _read(file: IO[str]) -> str:
    file.seek(0)
    return file.read()


@contextmanager
def _signals_as_before() -> Iterator[None]:
    handlers = {number: signal.getsignal(number) for number in STOPPING}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
