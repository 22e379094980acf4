/* Axes: round numbers, and room for labels. */

/* A few round numbers between two values, at most `most`. */
function roundNumbers(low, high, most) {
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough);
  const numbers = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
    numbers.push(Number((i * step).toPrecision(12)));
  }
  return numbers;
}

/* What an axis reaches from and to, a little more than its values. */
function reach(values, fromZero) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  if (fromZero) [low, high] = [Math.min(low, 0), Math.max(high, 0)];
  if (low === high) {
    const some = Math.abs(low) / 10 || 1;
    return [low - some, high + some];
  }
  const more = (high - low) * 0.04;
  return [fromZero && low === 0 ? 0 : low - more, high + more];
}

/* A number as briefly as an axis needs it: 0.05, 1.2M, −3. */
function brief(number) {
  const size = Math.abs(number);
  const [unit, letter] = size >= 1e9 ? [1e9, "G"] : size >= 1e6 ? [1e6, "M"]
    : size >= 1e4 ? [1e3, "k"] : [1, ""];
  const digits = Number((number / unit).toPrecision(4));
  return (digits && Math.abs(digits) < 1e-4 ? digits.toExponential() : String(digits))
    .replace("-", "−") + letter;
}

/* Heights of labels near to those wanted, at least `gap` apart, within [low, high]. */
function spreadOut(wanted, gap, low, high) {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b]);
  const placed = [];
  let least = low;
  for (const i of order) {
    placed[i] = Math.max(wanted[i], least);
    least = placed[i] + gap;
  }
  let most = high;
  for (const i of order.reverse()) {
    placed[i] = Math.min(placed[i], most);
    most = placed[i] - gap;
  }
  return placed;
}
