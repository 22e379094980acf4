/* Labels that do not overlap: the first come first, and what finds no room is left out. */

/* Rectangles, found again by the cells of a grid that they lie in. */
class Rectangles {
  constructor(cell) {
    this.cell = cell;
    this.cells = new Map();
  }

  add(box) {
    this.visit(box, (key, boxes) => {
      if (boxes) boxes.push(box);
      else this.cells.set(key, [box]);
      return false;
    });
  }

  overlap(box) {
    return this.visit(box, (_, boxes) => boxes !== undefined && boxes.some((other) =>
      box.left < other.right && other.left < box.right
      && box.top < other.bottom && other.top < box.bottom));
  }

  /* Look at the cells that a box lies in, until `done` says so; tell whether it did. */
  visit(box, done) {
    const [last, lowest] = [Math.floor(box.right / this.cell), Math.floor(box.bottom / this.cell)];
    for (let i = Math.floor(box.left / this.cell); i <= last; i++) {
      for (let j = Math.floor(box.top / this.cell); j <= lowest; j++) {
        const key = i * 65536 + j;
        if (done(key, this.cells.get(key))) return true;
      }
    }
    return false;
  }
}

const SIDES = [[1, 0], [-1, 0], [0, -1], [0, 1]]; // of a point, best first

/* Find room for the labels of some points, {x, y, width}, beside, below or above them; the most
   important come first. Calls found(i, left, top) for those that have room; any two of them are
   `gap` apart, as is each from its own point. */
function placeLabels(points, height, gap, found) {
  const taken = new Rectangles(64);
  points.forEach((point, i) => {
    for (const [dx, dy] of SIDES) {
      const left = point.x - point.width / 2 + dx * (point.width / 2 + gap);
      const top = point.y - height / 2 + dy * (height / 2 + gap);
      const box = { left, top, right: left + point.width, bottom: top + height };
      if (taken.overlap(box)) continue;
      taken.add({
        left: left - gap, top: top - gap, right: box.right + gap, bottom: box.bottom + gap,
      });
      found(i, left, top);
      return;
    }
  });
}
