// @ts-check
// Run by: deno test --no-check Tests/js
import { rank, score } from "../../Sources/Views/Assets/js/rank.js";

/** @param {unknown} actual @param {unknown} expected */
function same(actual, expected) {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`expected ${b}, got ${a}`);
}

const items = ["New lead", "Move to stage…", "Assign to…", "Switch light / dark theme", "Leads"]
  .map((label) => ({ label }));

Deno.test("the start of a word beats the middle of one", () => {
  same(score("le", "New lead") > score("le", "Whole number"), true);
  same(rank("lead", items).close.map((item) => item.label), ["Leads", "New lead"]);
});

Deno.test("letters in order match far off, letters out of order do not", () => {
  same(rank("mvst", items).far.map((item) => item.label), ["Move to stage…"]);
  same(score("egats", "stage"), 0);
});

Deno.test("a far match never stands among the close ones", () => {
  const { close, far } = rank("har", items);
  same(close, []);
  same(far.map((item) => item.label), ["Switch light / dark theme"]);
});

Deno.test("case does not matter", () => same(score("NEW", "new lead"), score("new", "New lead")));
