/* The search: words that begin with what is typed, then those that have it inside. */

function matchesOf(text) {
  const sought = text.trim().toLowerCase();
  if (!sought) return [];
  const ranked = [[], [], []];
  lowered.forEach((word, row) => {
    const at = word.indexOf(sought);
    if (at >= 0) ranked[word === sought ? 0 : at === 0 ? 1 : 2].push(row);
  });
  return ranked.flat().slice(0, MATCHES);
}

function showMatches() {
  const text = element("query").value;
  const items = matchesOf(text).map((row) => listItem(wordButton(row)));
  if (text.trim() && !items.length) {
    items.push(listItem("not among these words"));
    items[0].className = "none";
  }
  element("matches").replaceChildren(...items);
}

function clearSearch() {
  element("query").value = "";
  showMatches();
}

element("query").addEventListener("input", showMatches);
element("query").addEventListener("keydown", (event) => {
  const [first] = element("matches").querySelectorAll("button");
  if (event.key === "ArrowDown" && first) {
    event.preventDefault();
    first.focus();
  } else if (event.key === "Enter" && first) first.click();
});
element("matches").addEventListener("keydown", (event) => {
  const item = event.target.parentElement;
  const next = { ArrowDown: item.nextElementSibling, ArrowUp: item.previousElementSibling };
  if (!(event.key in next)) return;
  event.preventDefault();
  (next[event.key]?.querySelector("button") || element("query")).focus();
});
element("matches").addEventListener("click", () => {
  clearSearch();
  canvas.focus();
});
