"""URLs, from a server of our own."""

from __future__ import annotations

import gzip
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from w2v_nce.cli import program
from w2v_nce.corpus.sources import Corpus
from w2v_nce.errors import CorpusError

pytest.importorskip("fsspec", reason="fsspec is not installed: pip install 'w2v-nce[remote]'")
pytest.importorskip("aiohttp", reason="aiohttp is not installed: pip install 'w2v-nce[remote]'")

TEXT = b"".join(b"line %d of a text\n" % i for i in range(20_000))


class Handler(SimpleHTTPRequestHandler):
    """Serves files, counts requests, and says nothing."""

    def do_GET(self) -> None:
        self.server.requests.append(self.path)
        if self.path.startswith("/broken"):
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"too little")
            return
        super().do_GET()

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ThreadingHTTPServer]:
    (tmp_path / "text.txt").write_bytes(TEXT)
    (tmp_path / "text.gz").write_bytes(gzip.compress(TEXT))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=tmp_path))
    server.requests = []
    server.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("name", ["text.txt", "text.gz", "text.gz?download=1"])
def test_text_is_fetched_once_and_read_as_often_as_needed(server, name: str) -> None:
    corpus = Corpus.open([f"{server.url}/{name}"]).spooled()
    for _ in range(3):
        assert b"".join(chunk.text for chunk in corpus.chunks()) == TEXT
    assert server.requests == [f"/{name}"]


def test_what_is_not_there_is_one_line(server) -> None:
    with pytest.raises(CorpusError, match=r"/nothing.txt: not found"):
        list(Corpus.open([f"{server.url}/nothing.txt"]).chunks())
    server.shutdown()
    server.server_close()
    with pytest.raises(CorpusError, match=r"/text.txt: not found .*connect"):
        list(Corpus.open([f"{server.url}/text.txt"]).chunks())


def test_a_connection_that_breaks_is_one_line(server) -> None:
    with pytest.raises(CorpusError, match=r"/broken: "):
        list(Corpus.open([f"{server.url}/broken"]).chunks())


def test_patterns_of_urls_are_expanded(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt"):
        (tmp_path / name).write_text(name)
    corpus = Corpus.open([f"file://{tmp_path}/*.txt"])
    assert [chunk.text for chunk in corpus.chunks()] == [b"a.txt", b"b.txt"]
    with pytest.raises(CorpusError, match="no file has such a name"):
        Corpus.open([f"file://{tmp_path}/*.gz"])


def test_unknown_storage_is_one_line() -> None:
    with pytest.raises(CorpusError, match=r"nosuch://x: "):
        Corpus.open(["nosuch://x"])


def test_a_package_for_the_storage_that_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)
    result = CliRunner().invoke(program, ["vocab", "s3://bucket/text.txt"])
    assert isinstance(result.exception, CorpusError)
    assert str(result.exception) == "s3://bucket/text.txt: Install s3fs to access S3"
