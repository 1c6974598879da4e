// @ts-check
/** Command palette (combobox + listbox): the lead's actions, commands and leads in one list. */
import { $, api, hotkey, icon, on, reason, toast } from "./dom.js";
import { openLead } from "./drawer.js";
import { compose } from "./lead.js";
import {
  assignAll,
  choices,
  currentLead,
  may,
  mayMove,
  moveAll,
  targetLeads,
} from "./moves.js";
import { rank } from "./rank.js";

/**
 * @typedef {{ label: string, group: string, icon?: string, tone?: string, sub?: string,
 *   keys?: string, run: () => unknown }} Item
 */
const box = /** @type {HTMLDialogElement} */ ($("#palette"));
const input = /** @type {HTMLInputElement} */ ($("#palette input"));
const list = $("#palette ul");
const start = input?.placeholder ?? "";

/** @type {Item[]} What can be chosen without asking the server. */
let items = [];
/** @type {Item[]} */
let found = [];
/** @type {Item[]} */
let shown = [];
let active = 0;
let searching = 0;
/** A picker offers its items only. */
let picking = false;

/** @param {string} url */
const go = (url) => () => location.assign(url);

/** @param {string} selector */
const press = (selector) => () => $(selector)?.click();

/** @returns {Item[]} */
function actions() {
  const leads = targetLeads();
  if (!leads.length) return [];
  const group = leads.length > 1 ? `${leads.length} selected leads` : leads[0].name;
  const move = { label: "Move to stage…", icon: "arrow-right-left", keys: "S", run: pickStage };
  const assign = { label: "Assign to…", icon: "user-plus", keys: "A", run: pickOwner };
  /** @type {Item[]} */
  const both = [
    ...mayMove(leads) ? [{ group, ...move }] : [],
    ...may(leads, "assign") ? [{ group, ...assign }] : [],
  ];
  if (leads.length > 1 || !may(leads, "work")) return both;
  const open = (/** @type {string} */ kind) => async () => {
    if (currentLead()?.el.matches("article") || await openLead(leads[0].id)) compose(kind);
  };
  return [
    { group, label: "Log a call", icon: "phone", keys: "L", run: open("call") },
    { group, label: "Log an email", icon: "mail", keys: "M", run: open("email") },
    { group, label: "Log a WhatsApp", icon: "whatsapp", keys: "W", run: open("whatsapp") },
    { group, label: "Write a note", icon: "pen-line", keys: "N", run: open("note") },
    ...both,
    { group, label: "Share with…", icon: "users", run: pickShare },
  ];
}

/** @returns {Item[]} */
function commands() {
  const places = [...document.querySelectorAll(".side .nav a")].map((link) => ({
    group: "Go to",
    label: link.childNodes[1]?.textContent?.trim() || (link.textContent ?? ""),
    icon: $("use", link)?.getAttribute("href")?.split("#")[1] ?? "list-filter",
    run: go(String(link.getAttribute("href"))),
  }));
  const fresh = { group: "Actions", label: "New lead", icon: "plus", keys: "C" };
  return [
    ...$("[data-new]") ? [{ ...fresh, run: press("[data-new]") }] : [],
    {
      group: "Actions",
      label: "Switch light / dark theme",
      icon: "moon",
      keys: "T",
      run: press("[data-theme-toggle]"),
    },
    {
      group: "Actions",
      label: "Keyboard shortcuts",
      icon: "keyboard",
      keys: "?",
      run: press("[data-sheet]"),
    },
    ...places,
  ];
}

/** @param {string} query */
async function search(query) {
  try {
    const { data } = await api("GET", `/search?q=${encodeURIComponent(query)}`);
    if (!box.open || input.value.trim() !== query) return;
    found = data.map((/** @type {Record<string, string>} */ hit) => ({
      group: "Leads",
      label: hit.title,
      sub: hit.subtitle,
      icon: hit.icon ?? "building-2",
      run: () => openLead(hit.id),
    }));
    render();
  } catch (error) {
    toast(reason(error));
  }
}

function render() {
  const query = input.value.trim();
  const { close, far } = query ? rank(query, items) : { close: items, far: [] };
  shown = [...close, ...query ? found : [], ...found.length ? [] : far];
  active = Math.min(active, Math.max(shown.length - 1, 0));
  list.replaceChildren(...rows(query));
  input.setAttribute("aria-activedescendant", shown.length ? `option-${active}` : "");
  $(`#option-${active}`)?.scrollIntoView({ block: "nearest" });
}

/** @param {string} query @returns {HTMLElement[]} */
function rows(query) {
  /** @type {HTMLElement[]} */
  const out = [];
  let group = "";
  shown.forEach((item, n) => {
    if (item.group !== group) {
      group = item.group;
      const head = document.createElement("li");
      head.className = "g";
      head.role = "presentation";
      head.textContent = group;
      out.push(head);
    }
    out.push(row(item, n, query));
  });
  if (!shown.length) {
    const none = document.createElement("li");
    none.className = "none";
    none.textContent = query ? `Nothing found for “${query}”` : "Nothing to choose";
    none.role = "presentation";
    out.push(none);
  }
  return out;
}

/** @param {Item} item @param {number} n @param {string} query */
function row(item, n, query) {
  const li = document.createElement("li");
  li.role = "option";
  li.id = `option-${n}`;
  li.dataset.n = String(n);
  li.ariaSelected = String(n === active);
  if (item.tone) {
    const pip = document.createElement("span");
    pip.className = "pip";
    pip.style.setProperty("--c", `var(${item.tone})`);
    li.append(pip);
  } else li.append(icon(item.icon ?? "circle"));
  li.append(label(item.label, query));
  if (item.sub) li.append(span("sub", item.sub));
  if (item.keys) {
    const keys = span("k", "");
    for (const key of item.keys.split(" ")) {
      const cap = document.createElement("kbd");
      cap.textContent = key;
      keys.append(cap);
    }
    li.append(keys);
  }
  return li;
}

/** @param {string} className @param {string} text */
function span(className, text) {
  const el = document.createElement("span");
  el.className = className;
  el.textContent = text;
  return el;
}

/** @param {string} text @param {string} query */
function label(text, query) {
  const el = span("", text);
  const at = query ? text.toLowerCase().indexOf(query.toLowerCase()) : -1;
  if (at < 0) return el;
  const mark = document.createElement("mark");
  mark.textContent = text.slice(at, at + query.length);
  el.replaceChildren(text.slice(0, at), mark, text.slice(at + query.length));
  return el;
}

/** @param {Item[]} offered @param {string} hint */
function show(offered, hint) {
  items = offered;
  found = [];
  active = 0;
  input.value = "";
  input.placeholder = hint;
  render();
  if (!box.open) box.showModal();
}

/** @param {string} hint @param {Item[]} offered */
export function pick(hint, offered) {
  picking = true;
  show(offered, hint);
}

/** Offers the stages for the leads a key press means. */
export function pickStage() {
  const leads = targetLeads();
  if (!leads.length || !mayMove(leads)) return false;
  const what = leads.length > 1 ? `${leads.length} leads` : leads[0].name;
  const stages = choices("stages");
  const isClosed = stages.some((o) => o.value === leads[0].stage && "ends" in o.dataset);
  const allowed = (/** @type {HTMLOptionElement} */ o) =>
    may(leads, isClosed || "ends" in o.dataset ? "close" : "work");
  pick(
    `Move ${what} to…`,
    stages.filter((o) => allowed(o) && (leads.length > 1 || o.value !== leads[0].stage))
      .map((o) => ({
        group: "Stages",
        label: o.text,
        tone: o.dataset.tone,
        run: () => moveAll(leads, o.value),
      })),
  );
}

/** Offers the people for the leads a key press means. */
export function pickOwner() {
  const leads = targetLeads();
  if (!leads.length || !may(leads, "assign")) return false;
  const what = leads.length > 1 ? `${leads.length} leads` : leads[0].name;
  pick(`Assign ${what} to…`, people((id, name) => assignAll(leads, id, name)));
}

/** @param {(id: string, name: string) => unknown} run @returns {Item[]} */
export const people = (run) =>
  choices("people").map((o) => ({
    group: "People",
    label: o.text,
    icon: "user",
    run: () => run(o.value, o.text),
  }));

async function pickShare() {
  const lead = currentLead();
  if (lead) (await import("./share.js")).shareLead(lead);
}

function open() {
  if (box.open) return box.close();
  picking = false;
  show([...actions(), ...commands()], start);
}

function run() {
  const item = shown[active];
  box.close();
  item?.run();
}

export function startPalette() {
  if (!box) return;
  hotkey("mod+k", open);
  hotkey("/", open);
  hotkey("s", pickStage);
  hotkey("a", pickOwner);
  on("click", "[data-palette]", open);
  on("click", "[data-pick-stage]", pickStage);
  on("click", "[data-pick-owner]", (el) => {
    /** @type {HTMLElement | null} */ (el.closest("[data-record]"))?.focus();
    pickOwner();
  });
  on("click", "[data-pick-share]", pickShare);
  input.oninput = () => {
    active = 0;
    found = [];
    render();
    clearTimeout(searching);
    const query = input.value.trim();
    if (!picking && query.length > 1) searching = setTimeout(() => search(query), 120);
  };
  input.onkeydown = (event) => {
    if (event.key === "Enter" && !event.isComposing) run();
    else if (event.key === "ArrowDown") active = (active + 1) % Math.max(shown.length, 1);
    else if (event.key === "ArrowUp") {
      active = (active - 1 + shown.length) % Math.max(shown.length, 1);
    } else return;
    event.preventDefault();
    if (box.open) render();
  };
  list.onclick = (event) => {
    const li = /** @type {HTMLElement} */ (event.target).closest("[data-n]");
    if (!li) return;
    active = Number(li.getAttribute("data-n"));
    run();
  };
  box.onclick = (event) => {
    if (event.target === box) box.close();
  };
}
