/* The dots of groups: a colour and a shape each. */

/* Add the outline of a dot to a path (of a canvas, or one that can be written down). */
function addShape(path, shape, x, y, r) {
  if (shape === "circle") {
    path.moveTo(x + r, y);
    path.arc(x, y, r, 0, 2 * Math.PI);
    return;
  }
  const corners = {
    square: [[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]],
    triangle: [[0, -1.25], [1.1, 0.85], [-1.1, 0.85]],
    diamond: [[0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]],
  }[shape];
  corners.forEach(([dx, dy], i) => {
    if (i) path.lineTo(x + dx * r, y + dy * r);
    else path.moveTo(x + dx * r, y + dy * r);
  });
  path.closePath();
}

/* The colour and the shape of a group. */
function looks(colours, group) {
  const shape = colours.shapes[roundOf(colours, group) % colours.shapes.length];
  return { colour: colourOf(colours, group), shape };
}
