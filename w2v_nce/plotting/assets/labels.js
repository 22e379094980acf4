/* Labels that do not overlap: the first come first, and what finds no room is left out. */

/* Rectangles, found again by the cells of a grid that they lie in. */
class Rectangles {
  constructor(cell) {
    this.cell = cell;
    this.cells = new Map();
  }

  *keys(box) {
    for (let i = Math.floor(box.left / this.cell); i <= Math.floor(box.right / this.cell); i++) {
      for (let j = Math.floor(box.top / this.cell); j <= Math.floor(box.bottom / this.cell); j++) {
        yield i * 65536 + j;
      }
    }
  }

  add(box) {
    for (const key of this.keys(box)) {
      if (!this.cells.has(key)) this.cells.set(key, []);
      this.cells.get(key).push(box);
    }
  }

  overlap(box) {
    for (const key of this.keys(box)) {
      for (const other of this.cells.get(key) || []) {
        if (box.left < other.right && other.left < box.right
          && box.top < other.bottom && other.top < box.bottom) return true;
      }
    }
    return false;
  }
}

/* Find room for the labels of some points, {x, y, width}, beside, below or above them; the most
   important come first. Calls found(i, left, top) for those that have room; any two of them are
   `gap` apart, as is each from its own point. */
function placeLabels(points, height, gap, found) {
  const taken = new Rectangles(64);
  points.forEach((point, i) => {
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, -1], [0, 1]]) {
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
