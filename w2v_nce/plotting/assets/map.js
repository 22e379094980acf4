/* The map of words: dots, labels, the word that is looked at, its neighbours, and the search. */

const LABEL = { height: 15, gap: 4, font: "12px system-ui, sans-serif" };
const REACH = 18; // pixels around a dot in which it is pointed at
const MATCHES = 8;

const data = JSON.parse(document.getElementById("data").textContent);
const count = data.words.length;
const xs = Float64Array.from(data.x, (x) => x / data.units);
const ys = Float64Array.from(data.y, (y) => y / data.units);
const lowered = data.words.map((word) => word.toLowerCase());
const rowsOfGroup = data.groups.map(() => []);
data.group.forEach((group, row) => rowsOfGroup[group].push(row));
const many = data.groups.length > 1;

const element = (id) => document.getElementById(id);
const canvas = element("map");
const pen = canvas.getContext("2d");
const widths = []; // of labels, once they are known
const state = { pointed: -1, chosen: -1, group: -1 }; // rows and a group; -1: none
let asked = false;
let places = { x: xs, y: ys }; // in the window, as painted last
const half = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0.01);
const view = new View(canvas, { x: half(xs), y: half(ys) }, draw);

/* Drawing. */

function draw() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => {
    asked = false;
    paint();
  });
}

function paint() {
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [Math.round(view.width * ratio), Math.round(view.height * ratio)];
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, view.width, view.height);
  const style = getComputedStyle(document.documentElement);
  const colours = { ink: style.getPropertyValue("--ink"), paper: style.getPropertyValue("--paper") };
  places = view.toScreen(xs, ys);
  const radius = Math.min(2 + 0.5 * Math.log2(view.zoom), 5) * (count > 4000 ? 0.8 : 1);
  const active = state.pointed >= 0 ? state.pointed : state.chosen;
  paintDots(radius);
  if (active >= 0) paintLinks(active, radius, colours);
  paintLabels(active, radius, colours);
}

function isSeen(row, margin) {
  return places.x[row] > -margin && places.x[row] < view.width + margin
    && places.y[row] > -margin && places.y[row] < view.height + margin;
}

function paintDots(radius) {
  rowsOfGroup.forEach((rows, group) => {
    const { colour, shape } = looks(data.colours, group);
    pen.fillStyle = colour;
    pen.globalAlpha = state.group >= 0 && state.group !== group ? 0.12 : 0.85;
    pen.beginPath();
    for (const row of rows) {
      if (isSeen(row, 10)) addShape(pen, shape, places.x[row], places.y[row], radius);
    }
    pen.fill();
  });
  pen.globalAlpha = 1;
}

function paintLinks(active, radius, colours) {
  pen.strokeStyle = colours.ink;
  pen.lineWidth = 1;
  pen.globalAlpha = 0.45;
  pen.beginPath();
  for (const row of data.nearest[active]) {
    pen.moveTo(places.x[active], places.y[active]);
    pen.lineTo(places.x[row], places.y[row]);
  }
  pen.stroke();
  pen.globalAlpha = 1;
  for (const row of [...data.nearest[active], active]) {
    const { colour, shape } = looks(data.colours, data.group[row]);
    pen.fillStyle = colour;
    pen.lineWidth = row === active ? 2 : 1;
    pen.beginPath();
    addShape(pen, shape, places.x[row], places.y[row], radius + (row === active ? 2.5 : 1));
    pen.fill();
    pen.stroke();
  }
}

function paintLabels(active, radius, colours) {
  const special = active >= 0 ? [active, ...data.nearest[active]] : [];
  const first = new Set(special);
  const rows = special.filter((row) => isSeen(row, 0));
  for (let row = 0; row < count; row++) {
    if (first.has(row) || (state.group >= 0 && data.group[row] !== state.group)) continue;
    if (isSeen(row, 120)) rows.push(row); // from outside, so that labels stay as it moves
  }
  pen.font = LABEL.font;
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  pen.lineWidth = 3;
  const points = rows.map((row) => ({ x: places.x[row], y: places.y[row], width: widthOf(row) }));
  placeLabels(points, LABEL.height, LABEL.gap + radius, (i, left, top) => {
    const row = rows[i];
    const y = top + LABEL.height / 2;
    pen.font = row === active ? `600 ${LABEL.font}` : LABEL.font;
    pen.strokeStyle = colours.paper;
    pen.strokeText(data.words[row], left, y);
    pen.fillStyle = colours.ink;
    pen.globalAlpha = active < 0 || first.has(row) ? 1 : 0.6;
    pen.fillText(data.words[row], left, y);
    pen.globalAlpha = 1;
  });
}

function widthOf(row) {
  widths[row] ??= pen.measureText(data.words[row]).width + 2; // room for bold letters
  return widths[row];
}

/* What is pointed at and chosen. */

function nearestDot(x, y, reach) {
  let best = -1;
  for (let row = 0; row < count; row++) {
    if (state.group >= 0 && data.group[row] !== state.group) continue;
    const distance = Math.hypot(places.x[row] - x, places.y[row] - y);
    if (distance < reach) [best, reach] = [row, distance];
  }
  return best;
}

function point(row) {
  if (row === state.pointed) return;
  state.pointed = row;
  canvas.classList.toggle("pointing", row >= 0);
  tell(row >= 0 ? row : state.chosen, "off");
  draw();
}

function choose(row) {
  Object.assign(state, { chosen: row, pointed: -1 });
  tell(row, "polite");
  history.replaceState(null, "", row < 0 ? "#" : `#${encodeURIComponent(data.words[row])}`);
  draw();
}

/* Choose a word that may be far away, and go there. */
function visit(row) {
  const group = data.group[row];
  if (state.group >= 0 && state.group !== group) chooseGroup(-1);
  if (!isSeen(row, -60) || view.zoom < 3) view.centre(xs[row], ys[row], 3);
  choose(row);
}

/* Show a word and its neighbours in the panel; `live` is whether screen readers say so. */
function tell(row, live) {
  element("word").setAttribute("aria-live", live);
  element("word").hidden = row < 0;
  if (row < 0) return;
  element("name").textContent = data.words[row];
  element("membership").textContent = many ? data.groups[data.group[row]] : "";
  element("nearest").replaceChildren(...data.nearest[row].map((other, i) => {
    const button = wordButton(other);
    const cosine = document.createElement("span");
    cosine.className = "cosine";
    cosine.textContent = (data.cosines[row][i] / 1000).toFixed(2).replace("-", "−");
    button.append(cosine);
    return listItem(button);
  }));
}

function wordButton(row) {
  const button = document.createElement("button");
  const name = document.createElement("bdi");
  name.textContent = data.words[row];
  button.append(name);
  button.addEventListener("click", () => visit(row));
  return button;
}

function listItem(content) {
  const item = document.createElement("li");
  item.append(content);
  return item;
}

/* The legend. */

function showLegend() {
  element("legend").hidden = !many;
  element("groups").replaceChildren(...data.groups.map((name, group) => {
    const button = document.createElement("button");
    const label = document.createElement("bdi");
    label.textContent = name;
    button.append(swatch(group), label);
    button.setAttribute("aria-pressed", state.group === group);
    button.addEventListener("click", () => {
      chooseGroup(state.group === group ? -1 : group);
      element("groups").children[group].firstChild.focus();
    });
    return listItem(button);
  }));
  element("groups").classList.toggle("chosen", state.group >= 0);
}

function swatch(group) {
  const { colour, shape } = looks(data.colours, group);
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const outline = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "-6 -6 12 12");
  outline.setAttribute("d", {
    circle: "M4.5 0A4.5 4.5 0 1 1 -4.5 0A4.5 4.5 0 1 1 4.5 0Z",
    square: "M-4 -4H4V4H-4Z",
    triangle: "M0 -5L5 4H-5Z",
    diamond: "M0 -5.5L5.5 0L0 5.5L-5.5 0Z",
  }[shape]);
  outline.setAttribute("fill", colour);
  svg.append(outline);
  return svg;
}

function chooseGroup(group) {
  state.group = group;
  showLegend();
  draw();
}

/* All together. */

followGestures(
  view,
  (x, y, reach = REACH) => choose(nearestDot(x, y, reach)),
  (x, y) => point(nearestDot(x, y, REACH)),
);
element("close").addEventListener("click", () => choose(-1));
element("in").addEventListener("click", () => view.zoomBy(1.6));
element("out").addEventListener("click", () => view.zoomBy(1 / 1.6));
element("all").addEventListener("click", () => view.showAll());
addEventListener("keydown", (event) => {
  if (event.key === "/" && event.target !== element("query")) {
    event.preventDefault();
    element("query").focus();
  } else if (event.key === "Escape") {
    clearSearch();
    choose(-1);
  }
});
new ResizeObserver(() => {
  view.resize();
  draw();
}).observe(canvas);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  showLegend();
  draw();
});
element("legend").open = innerWidth > 640;
showLegend();
const wanted = data.words.indexOf(decodeURIComponent(location.hash.slice(1)));
if (wanted >= 0) visit(wanted);
draw();
