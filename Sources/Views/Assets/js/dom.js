// @ts-check
/** The kernel every module shares: query, delegation, requests, announcements, hot keys. */

/** Where a key is text, not a command. */
const typing = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";

const focusable = "a[href], button, input, select, textarea, [tabindex]";

/** @template {Element} [T=HTMLElement] @param {string} selector @param {ParentNode} [root] */
export const $ = (selector, root = document) => /** @type {T} */ (root.querySelector(selector));

/** @template {Element} [T=HTMLElement] @param {string} selector @param {ParentNode} [root] */
export const $$ = (
  selector,
  root = document,
) => /** @type {T[]} */ ([...root.querySelectorAll(selector)]);

/**
 * One listener per use on the document: behaviour is bound by selector, so HTML swapped in later
 * needs no start-up code.
 * @param {string} type @param {string} selector
 * @param {(el: HTMLElement, event: any) => void} run
 * @param {AddEventListenerOptions} [options]
 */
export function on(type, selector, run, options) {
  document.addEventListener(type, (event) => {
    const target = event.target instanceof Element ? event.target.closest(selector) : null;
    if (target) run(/** @type {HTMLElement} */ (target), event);
  }, options);
}

/**
 * What the API answers when it refuses.
 * @typedef {{ field: string, message: string }} FieldError
 */
export class Problem extends Error {
  /** @param {number} status 0: the server could not be reached
   * @param {string} text @param {FieldError[]} errors @param {string} type of RFC 9457 */
  constructor(status, text, errors = [], type = "about:blank") {
    super(text);
    this.status = status;
    this.errors = errors;
    this.type = type;
  }
}

const csrf = () => $("meta[name=csrf]")?.getAttribute("content") ?? "";

/**
 * Calls the JSON API. Throws a `Problem` unless the answer is 2xx.
 * @param {string} method @param {string} path below /api/v1, as "/leads"
 * @param {unknown} [body] JSON, or FormData for uploads
 * @param {{ version?: string | number }} [options] version: sent as If-Match
 * @returns {Promise<any>} null for 204
 */
export async function api(method, path, body, options = {}) {
  const form = body instanceof FormData;
  const headers = new Headers({ Accept: "application/json" });
  if (method !== "GET") headers.set("X-CSRF-Token", csrf());
  if (body !== undefined && !form) headers.set("Content-Type", "application/json");
  if (options.version !== undefined) headers.set("If-Match", `"${options.version}"`);
  if (method === "POST") headers.set("Idempotency-Key", crypto.randomUUID());
  const payload = body === undefined || form ? body : JSON.stringify(body);
  const reply = await fetch(`/api/v1${path}`, { method, headers, body: payload }).catch(() => {
    throw new Problem(0, "The server cannot be reached. Nothing was changed.");
  });
  if (reply.status === 401) signInAgain();
  if (!reply.ok) throw await problem(reply);
  if (reply.status === 204) return null;
  const answer = await reply.json();
  const tag = /"(.+)"/.exec(reply.headers.get("ETag") ?? "");
  return tag && answer && !Array.isArray(answer) ? { version: tag[1], ...answer } : answer;
}

/** @param {Response} reply */
async function problem(reply) {
  const body = await reply.json().catch(() => ({}));
  const text = body.detail ?? body.title ?? `The server answered ${reply.status}.`;
  return new Problem(reply.status, text, body.errors ?? [], body.type);
}

function signInAgain() {
  const here = encodeURIComponent(location.pathname + location.search);
  if (!location.pathname.startsWith("/sign-in")) location.assign(`/sign-in?next=${here}`);
}

/** @param {string} url @returns {Promise<string>} the page's content without the shell */
export async function fragment(url) {
  const headers = { Accept: "text/html; fragment=1" };
  const reply = await fetch(url, { headers }).catch(() => {
    throw new Problem(0, "The server cannot be reached.");
  });
  if (reply.status === 401 || (reply.redirected && reply.url.includes("/sign-in"))) signInAgain();
  if (!reply.ok) throw new Problem(reply.status, `This could not be loaded (${reply.status}).`);
  return reply.text();
}

/**
 * Looks one after the other: calls made while one runs share the next, so what is shown last is
 * never older than the last call.
 * @param {() => Promise<void>} look @returns {() => Promise<void>}
 */
export function inTurn(look) {
  /** @type {Promise<void> | null} */
  let running = null;
  /** @type {Promise<void> | null} */
  let waiting = null;
  const run = () => {
    waiting = null;
    running = look().finally(() => running = null);
    return running;
  };
  return () => {
    if (!running) return run();
    waiting ??= running.then(run, run);
    return waiting;
  };
}

/**
 * Puts new HTML in place of every `[data-part]` of `root` that it also holds, except where the
 * user is typing or something waits to be sent (`data-dirty`). Focus stays on its record, else
 * on the control in the same place.
 * @param {ParentNode} root @param {string} html
 */
export function swapParts(root, html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  for (const part of $$("[data-part]", root)) {
    const next = $(`[data-part="${part.dataset.part}"]`, fresh.content);
    const active = part.contains(document.activeElement) ? document.activeElement : null;
    if (!next || part.dataset.dirty !== undefined || active?.matches(typing)) continue;
    const id = active?.closest("[data-record]")?.getAttribute("data-id");
    const place = active ? $$(focusable, part).indexOf(/** @type {HTMLElement} */ (active)) : -1;
    const scroll = { top: part.scrollTop, left: part.scrollLeft };
    part.replaceWith(next);
    next.scrollTo(scroll);
    const back = id ? $(`[data-record][data-id="${id}"]`, next) : $$(focusable, next)[place];
    back?.focus({ preventScroll: true });
  }
}

/** How the tenant's currency is written: its sign and the digits of its minor unit. */
export function currency() {
  const code = $("meta[name=currency]")?.getAttribute("content") ?? "USD";
  const format = new Intl.NumberFormat("en", { style: "currency", currency: code });
  const sign = format.formatToParts(0).find((part) => part.type === "currency")?.value ?? code;
  const symbol = /^[A-Z]+$/.test(sign) ? `${sign} ` : sign;
  return { symbol, digits: format.resolvedOptions().maximumFractionDigits ?? 2 };
}

/** Says it to screen readers. @param {string} text */
export const announce = (text) => {
  const status = $("#status");
  if (status) status.textContent = text;
};

/** Says it to everybody, for 6 seconds; longer while pointed at or focused.
 * @param {string} text @param {{ label: string, run: () => void } | null} [action]
 * @param {string} [look] a further class, as "won" */
export function toast(text, action, look = "") {
  const box = $("#toasts");
  if (!box) return;
  const el = document.createElement("div");
  el.className = `toast ${look}`;
  if (look === "won") el.append(icon("trophy"));
  const words = document.createElement("span");
  words.textContent = text;
  el.append(words);
  if (action) {
    const button = document.createElement("button");
    button.textContent = action.label;
    button.onclick = () => {
      el.remove();
      action.run();
    };
    el.append(button);
  }
  box.append(el);
  while (box.children.length > 3) box.firstElementChild?.remove();
  announce(text);
  const fade = () => el.matches(":hover, :focus-within") ? setTimeout(fade, 1500) : el.remove();
  setTimeout(fade, 6000);
}

/** @param {unknown} error @returns {string} a sentence for a person */
export const reason = (error) =>
  error instanceof Error ? error.message : "Something went wrong. Try again.";

/** @param {string} name a drawing of the sprite @param {boolean} [small] @returns {SVGElement} */
export function icon(name, small = false) {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  svg.setAttribute("class", small ? "i i-s" : "i");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(ns, "use");
  use.setAttribute("href", `/assets/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/** Takes a dialog out of its template the first time it is needed.
 * @param {string} id @returns {HTMLDialogElement} */
export function dialogFrom(id) {
  const there = /** @type {HTMLDialogElement | null} */ (document.getElementById(id));
  if (there) return there;
  const template = /** @type {HTMLTemplateElement} */ ($(`#${id}-template`));
  document.body.append(template.content.cloneNode(true));
  return /** @type {HTMLDialogElement} */ (document.getElementById(id));
}

/** Shows field errors beside their fields, and the rest above the form.
 * @param {HTMLElement} form @param {unknown} error */
export function showErrors(form, error) {
  clearErrors(form);
  const rest = [];
  for (const { field, message } of error instanceof Problem ? error.errors : []) {
    const holder = $(`[data-field="${CSS.escape(field)}"]`, form);
    const line = holder && $(".err", holder);
    if (!line || holder.closest("[hidden]")) rest.push(message);
    else {
      line.textContent = message;
      line.hidden = false;
      $("input, select, textarea", holder)?.setAttribute("aria-invalid", "true");
    }
  }
  const first = $("[aria-invalid=true]", form);
  if (first) first.focus();
  if (first && !rest.length) return;
  const line = $("[data-form-error]", form);
  if (line) {
    line.textContent = rest.length ? rest.join(" ") : reason(error);
    line.hidden = false;
  } else toast(rest.length ? rest.join(" ") : reason(error));
}

/** @param {HTMLElement} form */
export function clearErrors(form) {
  for (const line of $$(".err, [data-form-error]", form)) line.hidden = true;
  for (const bad of $$("[aria-invalid]", form)) bad.removeAttribute("aria-invalid");
}

/** @type {Map<string, ((event: KeyboardEvent) => boolean | void)[]>} */
const keys = new Map();
let pending = "";

/**
 * Binds a key everywhere except while typing: "k", "g p", "mod+k", "Shift+X".
 * Returning false passes the key on: to whoever bound it before, at last to the browser.
 * @param {string} combo @param {(event: KeyboardEvent) => boolean | void} run
 */
export const hotkey = (combo, run) => void keys.set(combo, [run, ...keys.get(combo) ?? []]);

/** Single keys can be switched off (WCAG 2.1.4); combinations with ⌘/Ctrl and Esc stay. */
export const singleKeys = () => localStorage.getItem("single-keys") !== "off";

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.altKey) return;
  const target = /** @type {HTMLElement} */ (event.target);
  const mod = event.metaKey || event.ctrlKey;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (!mod && key !== "Escape") {
    if (target.matches?.(typing) || target.closest?.("dialog:modal")) return;
    if (key.length === 1 && !singleKeys()) return;
  }
  const shift = event.shiftKey && (key.length > 1 || /[a-z]/.test(key)) ? "Shift+" : "";
  const combo = mod ? `mod+${shift}${key}` : pending ? `${pending} ${key}` : shift + key;
  pending = !mod && !shift && !pending && key === "g" ? "g" : "";
  if ((keys.get(combo) ?? []).some((run) => run(event) !== false)) event.preventDefault();
});

on("click", "[data-cancel]", (el) => el.closest("dialog")?.close());
on("click", "[data-copy]", async (el) => {
  await navigator.clipboard.writeText(String(el.dataset.copy));
  toast("Copied");
});
