// @ts-check
/** The API browser: find an operation by its words, open the one the address names. */
import { $, $$, hotkey, on } from "./dom.js";

/** Hides what does not hold every word. @param {string} query */
function find(query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const operation of $$("[data-operation]")) {
    const text = String(operation.dataset.words).toLowerCase();
    operation.hidden = !words.every((word) => text.includes(word));
    if (!operation.hidden && operation.matches("a")) found += 1;
  }
  for (const group of $$("[data-group]")) {
    group.hidden = !$("[data-operation]:not([hidden])", group);
  }
  $("[data-none]").hidden = found > 0;
  $("[data-found]").textContent = words.length
    ? found === 1 ? "1 operation found" : `${found} operations found`
    : "";
}

/** A closed `<details>` cannot be scrolled to where its content is. */
function openNamed() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (named instanceof HTMLDetailsElement) named.open = true;
  named?.scrollIntoView();
}

/** @type {HTMLInputElement | null} */
const box = $("#find-operation");
on("input", "#find-operation", () => find(box?.value ?? ""));
on("keydown", "#find-operation", (_, event) => {
  const first = $(".dev-list [data-operation]:not([hidden])");
  if (event.key === "Enter") first?.click();
  if (event.key === "ArrowDown") {
    event.preventDefault();
    first?.focus();
  }
  if (event.key === "Escape" && box?.value) {
    event.stopPropagation();
    box.value = "";
    find("");
  }
});
hotkey("f", () => box?.focus());
addEventListener("hashchange", openNamed);
if (location.hash) openNamed();
