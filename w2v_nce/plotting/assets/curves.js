/* The curves of training: a panel for each quantity, labels at the ends of lines, values on demand. */

const data = JSON.parse(document.getElementById("data").textContent);
const HEIGHT = 210;
const MARGIN = { top: 8, bottom: 24, left: 46, right: 14 };
const LABEL_GAP = 15;
const DASHES = ["", "6 3", "2 2", "8 3 2 3"]; // of lines whose colours come again
const meter = document.createElement("canvas").getContext("2d");
let scale = data.scale;

function svgElement(parent, name, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  parent.append(made);
  return made;
}

function drawAll() {
  document.getElementById("scales").replaceChildren(...Object.entries(data.scales).map(([key, name]) => {
    const button = document.createElement("button");
    button.textContent = name;
    button.setAttribute("aria-pressed", key === scale);
    button.addEventListener("click", () => {
      scale = key;
      drawAll();
    });
    return button;
  }));
  const xs = data.panels.flatMap((panel) => panel.lines.flatMap((line) => line.at[scale]));
  const across = reach(xs, true);
  document.getElementById("panels").replaceChildren(...data.panels.map((panel) => {
    const figure = document.createElement("figure");
    const caption = document.createElement("figcaption");
    caption.textContent = panel.title;
    figure.append(caption);
    requestAnimationFrame(() => drawPanel(figure, panel, across));
    return figure;
  }));
}

function drawPanel(figure, panel, across) {
  const width = figure.clientWidth;
  meter.font = "12px system-ui, sans-serif";
  const labelled = panel.lines.filter((line) => line.label);
  const room = Math.max(0, ...labelled.map((line) => meter.measureText(line.label).width + 16));
  const right = width - MARGIN.right - Math.min(room, width * 0.4);
  const bottom = HEIGHT - MARGIN.bottom;
  const svg = svgElement(figure, "svg", {
    viewBox: `0 0 ${width} ${HEIGHT}`, height: HEIGHT, role: "img", "aria-label": describe(panel),
  });
  const upwards = reach(panel.lines.flatMap(extent), panel.fromZero);
  const toX = (x) => MARGIN.left + ((x - across[0]) / (across[1] - across[0])) * (right - MARGIN.left);
  const toY = (y) => bottom - ((y - upwards[0]) / (upwards[1] - upwards[0])) * (bottom - MARGIN.top);
  drawAxes(svg, { across, upwards, toX, toY, right, bottom });
  for (const line of panel.lines) drawLine(svg, line, toX, toY);
  drawLabels(svg, labelled, toX, toY, right, width);
  followPointer(svg, panel, { toX, toY, right, bottom });
}

function extent(line) {
  if (!line.spread) return line.values;
  return line.values.flatMap((value, i) => [value - line.spread[i], value + line.spread[i]]);
}

/* The panel in words, for those who do not see it. */
function describe(panel) {
  const ends = panel.lines.map((line) =>
    `${line.label || panel.title} ends at ${brief(line.values[line.values.length - 1])}`);
  return `${panel.title}: ${ends.join("; ")}`;
}

function drawAxes(svg, { across, upwards, toX, toY, right, bottom }) {
  for (const y of roundNumbers(...upwards, 5)) {
    svgElement(svg, "line", { class: "grid", x1: MARGIN.left, x2: right, y1: toY(y), y2: toY(y) });
    const place = { class: "tick", x: MARGIN.left - 6, y: toY(y) + 4, "text-anchor": "end" };
    svgElement(svg, "text", place, brief(y));
  }
  const numbers = roundNumbers(...across, Math.max(2, Math.min(6, (right - MARGIN.left) / 70)));
  numbers.forEach((x, i) => {
    const unit = i === numbers.length - 1 ? ` ${data.scales[scale]}` : "";
    const place = { class: "tick", x: toX(x), y: bottom + 17, "text-anchor": "middle" };
    svgElement(svg, "text", place, brief(x) + unit);
  });
}

function drawLine(svg, line, toX, toY) {
  const colour = colourOf(data.colours, line.run);
  const dash = DASHES[roundOf(data.colours, line.run) % DASHES.length];
  const xs = line.at[scale].map(toX);
  const path = (values) => values.map((y, i) => `${xs[i].toFixed(1)} ${toY(y).toFixed(1)}`);
  if (line.spread) {
    const above = path(line.values.map((value, i) => value + line.spread[i]));
    const below = path(line.values.map((value, i) => value - line.spread[i])).reverse();
    svgElement(svg, "path", { d: `M${[...above, ...below].join("L")}Z`, fill: colour, opacity: 0.15 });
  }
  const attributes = { class: "curve", stroke: colour, "stroke-dasharray": dash };
  svgElement(svg, "path", { d: `M${path(line.values).join("L")}`, ...attributes });
  if (!line.marked) return;
  line.values.forEach((y, i) => {
    svgElement(svg, "circle", { cx: xs[i], cy: toY(y), r: 2.6, fill: colour });
  });
}

function drawLabels(svg, lines, toX, toY, right, width) {
  const ends = lines.map((line) => ({
    x: toX(line.at[scale][line.values.length - 1]), y: toY(line.values[line.values.length - 1]),
  }));
  const heights = spreadOut(ends.map((end) => end.y), LABEL_GAP, MARGIN.top, HEIGHT - MARGIN.bottom);
  lines.forEach((line, i) => {
    const leader = `M${ends[i].x + 4} ${ends[i].y}L${right + 2} ${ends[i].y}L${right + 9} ${heights[i]}`;
    svgElement(svg, "path", { class: "leader", d: leader, stroke: colourOf(data.colours, line.run) });
    const place = { class: "label", x: right + 12, y: heights[i] + 4 };
    const text = svgElement(svg, "text", place, line.label);
    let label = line.label;
    while (label.length > 1 && right + 12 + text.getComputedTextLength() > width) {
      label = label.slice(0, -1);
      text.textContent = `${label}…`;
    }
  });
}

/* Show the values of all lines at the place that a pointer is at. */
function followPointer(svg, panel, { toX, toY, right, bottom }) {
  const layer = svgElement(svg, "g", { "aria-hidden": true });
  const hide = () => layer.replaceChildren();
  const show = (event) => {
    hide();
    const at = event.clientX - svg.getBoundingClientRect().left;
    if (at < MARGIN.left || at > right) return;
    const read = panel.lines.map((line) => {
      const xs = line.at[scale].map(toX);
      const i = xs.reduce((best, x, j) => (Math.abs(x - at) < Math.abs(xs[best] - at) ? j : best), 0);
      return { line, i, x: xs[i], y: toY(line.values[i]) };
    }).filter(({ x }) => Math.abs(x - at) < 40);
    if (!read.length) return;
    svgElement(layer, "line", { class: "cursor", x1: at, x2: at, y1: MARGIN.top, y2: bottom });
    const heights = spreadOut(read.map(({ y }) => y), LABEL_GAP, MARGIN.top + 4, bottom);
    const side = at > (MARGIN.left + right) / 2 ? "end" : "start";
    read.forEach(({ line, i, x, y }, j) => {
      svgElement(layer, "circle", { cx: x, cy: y, r: 3.5, fill: colourOf(data.colours, line.run) });
      const spread = line.spread ? ` ± ${brief(line.spread[i])}` : "";
      const place = { class: "label", x: at + (side === "end" ? -8 : 8), y: heights[j] + 4,
        "text-anchor": side };
      svgElement(layer, "text", place, `${line.label} ${brief(line.values[i])}${spread}`.trim());
    });
  };
  svg.addEventListener("pointermove", show);
  svg.addEventListener("pointerdown", show);
  svg.addEventListener("pointerleave", hide);
}

addEventListener("resize", drawAll);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
drawAll();
