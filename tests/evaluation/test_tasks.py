"""Evaluation sets in the shapes that they are found in."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from w2v_nce.errors import FormatError
from w2v_nce.evaluation.tasks import AnalogyTask, PairTask, read_task

PAIRS = PairTask([("sun", "moon", 7.5), ("a", "b", -1.0)])
QUESTIONS = AnalogyTask({"x y": [("a", "b", "c", "d")], "gram": [("e", "f", "g", "h")]})


def read(content: bytes | str) -> AnalogyTask | PairTask:
    path = Path("task.txt")
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_task(path)


@pytest.mark.parametrize("separator", [" ", "\t", ",", ";", "  ", ", ", " ; ", "\t\t", " \t "])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "before", [[], ["word1", "word2", "score"], ["w 1", "w 2", "mean", "n"], ["# comment"], [""]]
)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_pairs(separator: str, end: str, before: list[str], mark: str) -> None:
    rows = [["sun", "moon", "7.5"], ["a", "b", "-1e0"]]
    lines = [separator.join(row) for row in ([before, *rows] if before else rows)]
    assert read(mark + "".join(line + end for line in lines)) == PAIRS


def test_further_columns_do_not_count() -> None:
    assert read("sun\tmoon\t7.5\tn\t3\na\tb\t-1\tv\t4\n") == PAIRS
    assert read("sun moon 7.5 8\na b -1 9\n") == PAIRS


def test_blanks_in_words_where_something_else_separates() -> None:
    assert read("New York\tcity\t3\n") == PairTask([("New York", "city", 3.0)])
    assert read("a,b\tc;d\t3\n") == PairTask([("a,b", "c;d", 3.0)])


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_questions(end: str, mark: str) -> None:
    lines = [": x y", "a b c d", "# comment", "", ":gram", " e\tf  g h "]
    assert read(mark + end.join(lines)) == QUESTIONS


def test_questions_under_no_heading_or_the_same_again() -> None:
    task = read("a b c d\n: x\ne f g h\n: y\ni j k l\n: x\nm n o p\n")
    assert isinstance(task, AnalogyTask)
    assert {name: len(section) for name, section in task.sections.items()} == {
        "all": 1,
        "x": 2,
        "y": 1,
    }


def test_only_ascii_white_space_separates() -> None:
    odd = "a\xa0b", "c\x85d", "e\u2003f", "g\x1ch"
    assert read(" ".join(odd) + "\n") == AnalogyTask({"all": [odd]})
    assert read(" ".join(odd[:2]) + " 3\n") == PairTask([(*odd[:2], 3.0)])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "task.txt holds neither questions nor word pairs; it is empty"),
        ("\n \r\n# comment\n", "it is empty"),
        (": a\n: b\n", "task.txt has section names but no questions"),
        (": s\na b c d\n\na b c\n", "line 4: a question has four words, found 3: 'a b c'"),
        (": s\na b c d e\n", "line 2: a question has four words, found 5: 'a b c d e'"),
        ("a b 1\nc d\n", "line 2: two words and a number (or four words, for analogies) are"),
        ("a b 1\nc d x\n", "are expected, found 'c d x'"),
        ("a b 1\nc d nan\n", "line 2: two words and a number"),
        ("a b 1\nc d inf\n", "line 2: two words and a number"),
        ("a b 1\nc\n", "line 2: two words and a number"),
        ("a\tb\t1\nc\td\t6,77\n", "line 2: two words and a number"),  # never 6
        ("a;b;1\nc;d;6,77\n", "line 2: two words and a number"),
        ("a,b,1\n,d,2\n", "line 2: two words and a number"),
        ("a b x\n", "line 1: two words and a number"),  # a header of nothing
        ("w1 w2 pos score\na b n 3\nc d\n", "found 2: 'c d'"),
        ("one\ntwo\n", "line 1: two words and a number"),
        ("a b 1\n" + "long " * 100, "line 2: two words and a number"),
        (b"a b 1\nc\xff d 2\n", "byte 7: not UTF-8 text"),
        (b"\x1f\x8b\x08\0", "byte 1: not UTF-8 text"),
    ],
)
def test_malformed(content: bytes | str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        read(content)
    text = str(caught.value)
    assert text.startswith("task.txt")
    assert message in text
    assert "\n" not in text
    assert len(text) < 200


@given(content=st.one_of(st.binary(max_size=40), st.text("ab 1.,;:#\t\n\r", max_size=30)))
def test_anything_is_read_or_refused(content: bytes | str) -> None:
    try:
        task = read(content)
    except FormatError:
        return
    content_of = task.sections if isinstance(task, AnalogyTask) else task.pairs
    assert len(content_of) > 0


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="no: No such file or directory"):
        read_task(tmp_path / "no")
    with pytest.raises(FormatError, match="Is a directory"):
        read_task(tmp_path)


@pytest.mark.parametrize(
    ("name", "first", "size"),
    [
        ("EN-MEN-TR-3k.txt", ("sun", "sunlight", 50.0), 3000),
        ("EN-WS-353-ALL.txt", ("love", "sex", 6.77), 353),
        ("EN-SIMLEX-999.txt", ("old", "new", 1.58), 999),
    ],
)
def test_real_pairs(shared_data: Path, name: str, first, size: int) -> None:
    task = read_task(shared_data / name)
    assert isinstance(task, PairTask)
    assert task.pairs[0] == first
    assert len(task.pairs) == size


def test_real_questions(shared_data: Path) -> None:
    task = read_task(shared_data / "questions-words.txt")
    assert isinstance(task, AnalogyTask)
    assert len(task.sections) == 14
    assert sum(name.startswith("gram") for name in task.sections) == 9
    assert sum(map(len, task.sections.values())) == 19_544
    assert task.sections["family"][0] == ("boy", "girl", "brother", "sister")
