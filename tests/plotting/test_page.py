"""Pages stand on their own, whatever the words are, and do in a browser what they promise."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.browser import in_browser
from tests.training_logs import write_log
from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.plotting import style
from w2v_nce.plotting.curves import panels
from w2v_nce.plotting.page import curves_page, in_script, map_page
from w2v_nce.plotting.style import shown
from w2v_nce.plotting.word_map import draw_map
from w2v_nce.training.run_log import read_log

HOSTILE = [
    "</script><script>document.title='broken'</script>", "<!--", "<script>", "]]>", "&lt;", "&",
    "\"'`${1}", "\\u003c/script>", "\x00\x1b[31m", "\udce9t\udce9", "\u2028\u2029", "\u202eright",
    "日本語", "کتاب", "$title", "$$", "\ufffe", "__proto__", "constructor", "#?%", "a" * 500,
]  # fmt: skip
PLAIN = ["king", "queen", "kingdom", "kind", "sea"]


class Parts(HTMLParser):
    """The texts of elements by their ids or names, and all attributes."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.texts: dict[str, list[str]] = {}
        self.attributes: list[tuple[str, str | None]] = []
        self.where = ""
        self.feed(page.decode("utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.where = dict(attributes).get("id") or tag
        self.attributes += attributes

    def handle_endtag(self, tag: str) -> None:
        self.where = ""

    def handle_data(self, data: str) -> None:
        self.texts.setdefault(self.where, []).append(data)

    @property
    def data(self) -> Any:
        return json.loads("".join(self.texts["data"]))


def some_map(words: list[str], **options: Any) -> Any:
    vectors = np.random.default_rng(0).normal(size=(len(words), 6)).astype(np.float32)
    return draw_map(Embeddings(words, vectors), **options)


@given(st.lists(st.text(), max_size=5))
def test_data_come_out_of_a_page_as_they_went_in(words: list[str]) -> None:
    written = in_script([words, HOSTILE])
    parts = Parts(f'<script id="data">{written}</script><p>after'.encode())
    assert parts.data == [words, HOSTILE]
    assert parts.texts["p"] == ["after"]


def test_a_map_has_its_data_inside() -> None:
    words = HOSTILE + PLAIN
    drawn = some_map(words, groups=3)
    parts = Parts(map_page(drawn, "<b>&x.bin"))
    data = parts.data
    assert data["words"] == [shown(word) for word in words]
    places = np.array([data["x"], data["y"]]).T / data["units"]
    np.testing.assert_allclose(places, drawn.projection.places, atol=1e-5)
    assert data["nearest"] == drawn.nearest.rows.tolist()
    np.testing.assert_allclose(np.array(data["cosines"]) / 1000, drawn.nearest.scores, atol=6e-4)
    assert data["group"] == drawn.groups.of_word.tolist()
    assert data["groups"] == drawn.groups.names
    assert "".join(parts.texts["title"]) == "<b>&x.bin"


def test_pages_ask_for_nothing() -> None:
    pages = [
        map_page(some_map(PLAIN), "a map"),
        curves_page(panels([read_log(write_log("run.jsonl"))]), "a run", "epoch"),
    ]
    for page in pages:
        parts = Parts(page)
        assert not {name for name, _ in parts.attributes} & {"src", "href", "action", "srcset"}
        assert ("content", "default-src 'none'; style-src 'unsafe-inline'; script-src"
                " 'unsafe-inline'") in parts.attributes  # fmt: skip
        text = page.decode("utf-8")
        addresses = [part.split('"')[0] for part in text.split("http")[1:]]
        assert set(addresses) <= {"://www.w3.org/2000/svg", "-equiv="}  # a name, not an address
        assert "url(" not in text
        assert "@import" not in text


def test_many_words_are_a_small_page() -> None:
    page = map_page(some_map([f"word{i}" for i in range(2_500)]), "many")
    assert len(page) < 500_000


SEEN = """
  const text = (id) => document.getElementById(id).textContent;
  const type = (word) => {
    element("query").value = word;
    element("query").dispatchEvent(new Event("input"));
    return [...element("matches").querySelectorAll("bdi")].map((each) => each.textContent);
  };
  const out = { title: document.title, start: text("name"), hidden: element("word").hidden };
"""


def test_the_map_in_a_browser() -> None:
    words = PLAIN + HOSTILE
    drawn = some_map(words, groups=3)
    seen = in_browser(
        map_page(drawn, "<b>map"),
        SEEN
        + """
        out.neighbours = [...element("nearest").querySelectorAll("bdi")].map((e) => e.textContent);
        out.cosines = [...element("nearest").querySelectorAll(".cosine")].map((e) => e.textContent);
        out.near = view.zoom;
        key(canvas, "0");
        out.all = view.zoom;
        key(canvas, "+"); key(canvas, "+"); key(canvas, "ArrowRight");
        out.moved = view.middle.x;
        out.zoomed = view.zoom;
        canvas.dispatchEvent(new WheelEvent("wheel", { deltaY: 500, cancelable: true }));
        out.wheeled = view.zoom;
        key(document.body, "Escape");
        out.forgotten = element("word").hidden;
        out.matches = type("KIN");
        key(element("query"), "Enter");
        out.chosen = text("name");
        out.fragment = location.hash;
        out.none = type("xyzzy").length + text("matches");
        out.hostile = type("</scr");
        key(document.body, "Escape");
        view.showAll();
        await frame();
        const row = 4;
        const frameOf = canvas.getBoundingClientRect();
        const at = { clientX: frameOf.left + places.x[row], clientY: frameOf.top + places.y[row] };
        canvas.dispatchEvent(new PointerEvent("pointermove", { pointerType: "mouse", ...at }));
        out.hovered = text("name");
        element("nearest").querySelector("button").click();
        out.followed = text("name");
        out.inked = pen.getImageData(0, 0, canvas.width, canvas.height).data.some((v) => v > 0);
        const buttons = () => [...element("groups").querySelectorAll("button")];
        out.legend = buttons().map((each) => each.textContent);
        out.colours = buttons().map((each) => each.querySelector("path").getAttribute("fill"));
        buttons()[1].click();
        out.pressed = buttons().map((each) => each.getAttribute("aria-pressed"));
        out.injected = document.querySelectorAll("script:not([type])").length;
        return out;
        """,
        fragment="#queen",
    )
    assert seen["title"] == "<b>map"
    assert (seen["start"], seen["hidden"]) == ("queen", False)
    row = words.index("queen")
    assert seen["neighbours"] == [shown(words[i]) for i in drawn.nearest.rows[row]]
    cosines = [float(each.replace("−", "-")) for each in seen["cosines"]]
    assert cosines == pytest.approx(drawn.nearest.scores[row].tolist(), abs=0.0056)
    assert seen["near"] == 3
    assert seen["all"] == 1
    assert seen["zoomed"] == pytest.approx(1.5**2)
    assert seen["moved"] > 0
    assert 1 <= seen["wheeled"] < seen["zoomed"]
    assert seen["forgotten"] is True
    assert seen["matches"] == ["king", "kingdom", "kind"]
    assert (seen["chosen"], seen["fragment"]) == ("king", "#king")
    assert seen["none"] == "0not among these words"
    assert seen["hostile"] == [HOSTILE[0]]
    assert seen["hovered"] == words[4]
    assert seen["followed"] == shown(words[drawn.nearest.rows[4, 0]])
    assert seen["inked"] is True
    assert seen["legend"] == drawn.groups.names
    assert seen["colours"] == list(style.LIGHT[:3])
    assert seen["pressed"] == ["false", "true", "false"]
    assert seen["injected"] == 2  # that of the page and that of the test


def test_the_map_by_night_and_its_labels() -> None:
    random = np.random.default_rng(3)
    points = [
        {"x": round(x), "y": round(y), "width": round(width)}
        for x, y, width in random.uniform((-50, -50, 5), (600, 400, 80), (300, 3)).tolist()
    ]
    seen = in_browser(
        map_page(some_map(PLAIN, groups=2), "map"),
        f"""
        const points = {json.dumps(points)};
        const labels = [];
        placeLabels(points, 15, 4, (i, left, top) => labels.push([i, left, top]));
        const fill = element("groups").querySelector("path").getAttribute("fill");
        return {{ labels, fill, paper: getComputedStyle(document.body).backgroundColor }};
        """,
        "--blink-settings=preferredColorScheme=0",
    )
    assert seen["fill"] == style.DARK[0]
    assert seen["paper"] == "rgb(20, 22, 26)"
    labels = {i: (x, y, x + points[i]["width"], y + 15) for i, x, y in seen["labels"]}

    def near(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
        return bool(
            one[0] < other[2] + 4 and other[0] - 4 < one[2]
            and one[1] < other[3] + 4 and other[1] - 4 < one[3]
        )  # fmt: skip

    for i, box in labels.items():
        assert not any(near(box, labels[j]) for j in labels if j < i)
    assert 10 < len(labels) < len(points)
    for i in set(range(len(points))) - set(labels):  # there was no room on any side
        x, y, width = points[i]["x"], points[i]["y"], points[i]["width"]
        for left, top in ((x + 4, y - 7.5), (x - 4 - width, y - 7.5),
                          (x - width / 2, y - 19), (x - width / 2, y + 4)):  # fmt: skip
            box = (left, top, left + width, top + 15)
            assert any(near(box, labels[j]) for j in labels if j < i)


def test_curves_in_a_browser() -> None:
    logs = [read_log(write_log("one.jsonl")), read_log(write_log("two.jsonl", rate=0.1))]
    drawn = panels(logs)
    seen = in_browser(
        curves_page(drawn, "</title>runs", "words"),
        """
        const figures = [...document.querySelectorAll("figure")];
        const svg = figures[0].querySelector("svg");
        const third = svg.querySelectorAll("circle")[2].getBoundingClientRect();
        svg.dispatchEvent(new PointerEvent("pointermove", { clientX: third.left + 3 }));
        const out = {
          title: document.title,
          captions: figures.map((each) => each.querySelector("figcaption").textContent),
          curves: figures.map((each) => each.querySelectorAll(".curve").length),
          labels: [...figures[4].querySelectorAll(".label")].map((each) => each.textContent),
          read: [...figures[0].querySelectorAll("g .label")].map((each) => each.textContent),
          described: figures[4].querySelector("svg").getAttribute("aria-label"),
          axis: figures[4].textContent,
        };
        document.querySelectorAll("#scales button")[2].click();
        await frame();
        out.pressed = document.querySelector("#scales [aria-pressed=true]").textContent;
        out.seconds = document.querySelectorAll("figure")[4].textContent;
        out.numbers = [roundNumbers(0, 5.2, 6), roundNumbers(-0.3, 0.31, 5), brief(1234567),
                       brief(-0.25), brief(0.00001), reach([3, 3], false), reach([1, 2], true)];
        out.spread = spreadOut([50, 51, 10, 99], 15, 0, 100);
        return out;
        """,
    )
    assert seen["title"] == "</title>runs"
    assert seen["captions"] == [panel.title for panel in drawn]
    assert seen["curves"] == [len(panel.lines) for panel in drawn]
    assert seen["labels"] == ["one", "two"]
    assert [each.rsplit(" ", 1)[0] for each in seen["read"]] == [
        line.label for line in drawn[0].lines
    ]
    assert seen["read"][2].endswith(f" {drawn[0].lines[2].values[2]:.4g}")
    assert seen["described"] == "Learning rate: one ends at 0; two ends at 0"
    assert seen["axis"].count("words") == 1
    assert seen["pressed"] == "seconds"
    assert seen["seconds"].count("seconds") == 1
    assert seen["numbers"] == [
        [0, 1, 2, 3, 4, 5], [-0.2, 0, 0.2], "1.235M", "−0.25", "1e−5", [2.7, 3.3], [0, 2.08],
    ]  # fmt: skip
    assert seen["spread"] == [50, 65, 10, 99]
