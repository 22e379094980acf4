/* What part of the map is seen, and how it is moved: by mouse, touch, wheel and keys. */

const DEEPEST = 400; // times as large as the whole

class View {
  /* Points lie in [-halves.x, halves.x] and [-halves.y, halves.y]; `changed` is called after
     each change. */
  constructor(canvas, halves, changed) {
    this.canvas = canvas;
    this.halves = halves;
    this.changed = changed;
    this.zoom = 1; // 1: all of it is seen
    this.middle = { x: 0, y: 0 }; // the point in the middle of the window
    this.resize();
  }

  resize() {
    this.width = this.canvas.clientWidth;
    this.height = this.canvas.clientHeight;
  }

  /* Pixels for a unit of the map. */
  get scale() {
    const margin = Math.min(40, this.width / 12, this.height / 12);
    const fits = Math.min(
      (this.width / 2 - margin) / this.halves.x, (this.height / 2 - margin) / this.halves.y,
    );
    return this.zoom * Math.max(fits, 1);
  }

  /* Where points of the map are in the window. */
  toScreen(xs, ys) {
    const { scale, middle, width, height } = this;
    return {
      x: xs.map((x) => width / 2 + (x - middle.x) * scale),
      y: ys.map((y) => height / 2 - (y - middle.y) * scale),
    };
  }

  move(dx, dy) {
    this.middle.x -= dx / this.scale;
    this.middle.y += dy / this.scale;
    this.keepInside();
  }

  /* Zoom so that what is at a place of the window stays there. */
  zoomBy(factor, x = this.width / 2, y = this.height / 2) {
    const zoom = Math.min(Math.max(this.zoom * factor, 1), DEEPEST);
    const share = 1 - this.zoom / zoom;
    this.middle.x += ((x - this.width / 2) / this.scale) * share;
    this.middle.y -= ((y - this.height / 2) / this.scale) * share;
    this.zoom = zoom;
    this.keepInside();
  }

  showAll() {
    this.zoom = 1;
    this.middle = { x: 0, y: 0 };
    this.changed();
  }

  centre(x, y, zoom) {
    this.zoom = Math.max(this.zoom, zoom);
    this.middle = { x, y };
    this.keepInside();
  }

  keepInside() {
    for (const axis of ["x", "y"]) {
      const half = this.halves[axis];
      this.middle[axis] = Math.min(Math.max(this.middle[axis], -half), half);
    }
    this.changed();
  }
}

/* Let pointers, the wheel and keys move a view. `tapped(x, y)` is called for a click or a tap,
   `hovered(x, y)` for a mouse that moves with no button down. */
function followGestures(view, tapped, hovered) {
  const canvas = view.canvas;
  const pointers = new Map();
  let travelled = 0;

  const place = (event) => {
    const frame = canvas.getBoundingClientRect();
    return { x: event.clientX - frame.left, y: event.clientY - frame.top };
  };
  const spread = () => {
    const [a, b] = [...pointers.values()];
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, size: Math.hypot(a.x - b.x, a.y - b.y) };
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (pointers.size === 0) travelled = 0;
    if (event.button !== 0 || pointers.size === 2) return;
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, place(event));
  });

  canvas.addEventListener("pointermove", (event) => {
    const now = place(event);
    const before = pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType === "mouse" && pointers.size === 0) hovered(now.x, now.y);
      return;
    }
    travelled += Math.hypot(now.x - before.x, now.y - before.y);
    if (pointers.size === 1) {
      pointers.set(event.pointerId, now);
      if (travelled > 4) canvas.classList.add("dragging");
      view.move(now.x - before.x, now.y - before.y);
      return;
    }
    const was = spread();
    pointers.set(event.pointerId, now);
    const is = spread();
    view.move(is.x - was.x, is.y - was.y);
    if (was.size > 0) view.zoomBy(is.size / was.size, is.x, is.y);
  });

  const lift = (event) => {
    if (!pointers.delete(event.pointerId)) return;
    canvas.classList.remove("dragging");
    const { x, y } = place(event);
    if (event.type === "pointerup" && pointers.size === 0 && travelled <= 4) tapped(x, y);
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  canvas.addEventListener("pointerleave", () => hovered(-Infinity, -Infinity));

  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === 1 ? 24 : event.deltaMode === 2 ? 400 : 1);
    const { x, y } = place(event);
    view.zoomBy(Math.exp(-Math.max(Math.min(pixels, 400), -400) * 0.002), x, y);
  }, { passive: false });

  canvas.addEventListener("dblclick", (event) => {
    const { x, y } = place(event);
    view.zoomBy(event.shiftKey ? 0.5 : 2, x, y);
  });

  const keys = {
    ArrowLeft: () => view.move(60, 0),
    ArrowRight: () => view.move(-60, 0),
    ArrowUp: () => view.move(0, 60),
    ArrowDown: () => view.move(0, -60),
    "+": () => view.zoomBy(1.5),
    "=": () => view.zoomBy(1.5),
    "-": () => view.zoomBy(1 / 1.5),
    0: () => view.showAll(),
    Enter: () => tapped(view.width / 2, view.height / 2, Infinity),
  };
  canvas.addEventListener("keydown", (event) => {
    const action = keys[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action();
  });
}
