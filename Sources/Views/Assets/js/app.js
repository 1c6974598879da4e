// @ts-check
/**
 * Starts what every signed-in page has: palette, drawer, menus, theme, and one event stream per
 * tab. Its `lead` and `import` events are passed on as `live:lead` and `live:import` on the
 * document; after a break in the line `live:resync` asks for a fresh look.
 */
import { $, $$, api, dialogFrom, hotkey, on, reason, singleKeys, toast } from "./dom.js";
import { openLead, startDrawer } from "./drawer.js";
import { startLead } from "./lead.js";
import { startPalette } from "./palette.js";

const root = document.documentElement;

/** @param {string} name "light", "dark" or "" for the system's */
function setTheme(name) {
  if (name) root.dataset.theme = name;
  else delete root.dataset.theme;
  if (name) localStorage.setItem("theme", name);
  else localStorage.removeItem("theme");
  showTheme();
}

function showTheme() {
  for (const button of $$("[data-theme-set]")) {
    button.ariaPressed = String(button.dataset.themeSet === (root.dataset.theme ?? ""));
  }
}

function switchTheme() {
  const dark = root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  setTheme(dark ? "light" : "dark");
}

/** Puts an open menu by its button, where CSS cannot yet. @param {HTMLElement} menu */
function placeMenu(menu) {
  if (CSS.supports("position-area: bottom")) return;
  const button = $$(`[popovertarget="${menu.id}"]`).find((el) => el.offsetParent);
  if (!button) return;
  const at = button.getBoundingClientRect();
  const size = menu.getBoundingClientRect();
  const below = at.bottom + 4 + size.height < innerHeight;
  const left = Math.min(at.left, innerWidth - size.width - 8);
  menu.style.left = `${Math.max(left, 8)}px`;
  menu.style.top = `${below ? at.bottom + 4 : Math.max(at.top - size.height - 4, 8)}px`;
}

function bindMenus() {
  document.addEventListener("toggle", (event) => {
    const { target } = event;
    if (target instanceof HTMLElement && target.matches(".menu:popover-open")) placeMenu(target);
  }, { capture: true });
  on("keydown", ".menu:popover-open", (menu, event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[/** @type {string} */ (event.key)];
    if (!step) return;
    const all = $$("a, button, input", menu);
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    all.at((at + step) % all.length)?.focus();
    event.preventDefault();
    event.stopPropagation();
  });
}

function bindDialogs() {
  on("click", "[data-dialog]", (el) => dialogFrom(String(el.dataset.dialog)).showModal());
  on("click", "dialog.modal", (box, event) => {
    if (event.target === box) /** @type {HTMLDialogElement} */ (box).close();
  });
  const sheet = () => {
    const box = dialogFrom("sheet");
    if (!box.open) box.showModal();
  };
  hotkey("?", sheet);
  on("click", "[data-sheet]", (el) => {
    hideMenu(el);
    sheet();
  });
  const fresh = () => import("./newlead.js").then((module) => module.newLead());
  // Who may not make leads has no button for it.
  hotkey("c", () => $("[data-new]") ? void fresh() : false);
  on("click", "[data-new]", fresh);
  on("click", "[data-save-view]", (el) => import("./views.js").then((m) => m.saveView(el)));
  on("click", "[data-remove-view]", (el) => import("./views.js").then((m) => m.removeView(el)));
}

/** @param {HTMLElement} el */
const hideMenu = (el) => /** @type {HTMLElement | null} */ (el.closest(".menu"))?.hidePopover();

function bindSettings() {
  hotkey("t", switchTheme);
  on("click", "[data-theme-toggle]", switchTheme);
  on("click", "[data-theme-set]", (el) => setTheme(String(el.dataset.themeSet)));
  showTheme();
  for (const box of $$("[data-single-keys]")) {
    /** @type {HTMLInputElement} */ (box).checked = singleKeys();
  }
  on("change", "[data-single-keys]", (el) => {
    const { checked } = /** @type {HTMLInputElement} */ (el);
    localStorage.setItem("single-keys", checked ? "on" : "off");
  });
  on("click", "[data-end-glass]", async (el) => {
    try {
      await api("DELETE", `/break-glass/${el.dataset.endGlass}`);
      location.assign("/break-glass");
    } catch (error) {
      toast(reason(error));
    }
  });
  on("click", "[data-sign-out]", async () => {
    try {
      await api("DELETE", "/sessions/current");
      location.assign("/sign-in");
    } catch (error) {
      toast(reason(error));
    }
  });
}

function bindPlaces() {
  for (
    const [key, url] of [["t", "/today"], ["p", "/pipeline"], ["l", "/leads"], ["i", "/inbox"]]
  ) {
    hotkey(`g ${key}`, () => $(`nav a[href="${url}"]`) ? location.assign(url) : false);
  }
}

let broken = false;

/** @param {boolean} on */
function show(on) {
  for (const el of $$("[data-live]")) {
    el.dataset.state = on ? "on" : "off";
    el.textContent = on ? "Live" : "Reconnecting";
  }
  const banner = $("#offline");
  if (banner) banner.hidden = on || navigator.onLine;
}

/** @param {string} name @param {unknown} [detail] */
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

/** @param {any} lead */
function greet(lead) {
  const given = ["lead.assigned", "lead.created", "lead.reoffered"].includes(lead.name);
  if (!given || !lead.mine || lead.own || !lead.html) return;
  toast(`New lead for you: ${lead.company}`, { label: "Open", run: () => openLead(lead.id) });
}

/** @param {string} url @param {string} me the viewer's id */
function startLive(url, me) {
  const source = new EventSource(url);
  source.onopen = () => {
    show(true);
    if (broken) tell("live:resync");
    broken = false;
  };
  source.onerror = () => {
    broken = true;
    show(false);
    // The browser gives up by itself only after a refusal, as when the session has ended.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => startLive(url, me), 10_000);
  };
  source.addEventListener("lead", (event) => {
    const lead = JSON.parse(event.data);
    lead.own = (lead.by?.id ?? lead.by) === me;
    tell("live:lead", lead);
    greet(lead);
  });
  source.addEventListener("import", (event) => {
    const run = JSON.parse(event.data);
    tell("live:import", run);
    // Its leads are gone, and are not told one by one.
    if (run.state === "undone") tell("live:resync");
  });
  addEventListener("pagehide", () => source.close());
}

addEventListener("online", () => show(!broken));
addEventListener("offline", () => show(false));

startPalette();
startDrawer();
startLead();
bindMenus();
bindDialogs();
bindSettings();
bindPlaces();
if ($("[data-live]")) startLive("/live", $("meta[name=user]")?.getAttribute("content") ?? "");
root.dataset.ready = "";
