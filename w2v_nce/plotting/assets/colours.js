/* Colours that tell groups and runs apart, those of the present scheme. */

function colourOf(colours, number) {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const palette = dark ? colours.dark : colours.light;
  return palette[number % palette.length];
}

/* How often all colours have been used before it is a number's turn. */
function roundOf(colours, number) {
  return Math.floor(number / colours.light.length);
}
