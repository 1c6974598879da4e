// @ts-check
/** Working a lead where it is shown: the composer, inline edit, planned steps, owners. */
import { $, $$, api, fragment, hotkey, icon, on, reason, toast } from "./dom.js";
import { openLead, openRecord } from "./drawer.js";
import {
  changed,
  inDays,
  isCancelled,
  leadOf,
  localStamp,
  moveLead,
  refreshPage,
  toastChange,
  withQuestions,
} from "./moves.js";

/** @param {Element} el @returns {HTMLElement} the record it stands in */
export const recordOf = (
  el,
) => /** @type {HTMLElement} */ (el.closest("article[data-lead], [data-record]"));

/** @param {HTMLFormElement} form @param {string} name */
const valueOf = (form, name) => String(new FormData(form).get(name) ?? "");

/** @param {HTMLFormElement} form @param {string} kind */
function setKind(form, kind) {
  $$("input[name=kind]", form).forEach((input) => {
    const radio = /** @type {HTMLInputElement} */ (input);
    radio.checked = radio.value === kind;
  });
  for (const group of $$("[data-kind]", form)) group.hidden = group.dataset.kind !== kind;
  const words = kind === "note"
    ? "Save note"
    : kind === "whatsapp"
    ? "Log WhatsApp"
    : `Log ${kind}`;
  $("[data-submit]", form).textContent = words;
  presetNext(form, kind);
}

/** The next step an outcome usually asks for; a choice of the user's own stays.
 * @param {HTMLFormElement} form @param {string} kind */
function presetNext(form, kind) {
  const select = /** @type {HTMLSelectElement} */ (form.elements.namedItem("next"));
  if (select.dataset.chosen !== undefined) return;
  const outcome = $(`input[name=outcome-${kind}]:checked`, form);
  select.value = outcome?.dataset.next ?? "";
  showMoment(form);
}

/** @param {HTMLFormElement} form */
function showMoment(form) {
  const at = /** @type {HTMLInputElement} */ (form.elements.namedItem("next_at"));
  at.hidden = valueOf(form, "next") !== "pick";
  if (!at.hidden && !at.value) at.value = localStamp(inDays(1, 10));
}

/** Readies the form for a kind and puts the cursor in it. @param {string} kind */
export function compose(kind) {
  const form = /** @type {HTMLFormElement | null} */ ($("#log", openRecord() ?? document.body));
  if (!form) return false;
  setKind(form, kind);
  $("textarea", form).focus();
  return true;
}

/** What the form asks the API for. @param {HTMLFormElement} form */
function activity(form) {
  const kind = valueOf(form, "kind");
  const notes = valueOf(form, "notes").trim();
  const outcome = valueOf(form, `outcome-${kind}`);
  const next = nextStep(form);
  return {
    kind,
    ...(outcome && { outcome }),
    ...(notes && { notes }),
    ...(next && { next }),
  };
}

/** @param {HTMLFormElement} form */
function nextStep(form) {
  const choice = valueOf(form, "next");
  if (!choice) return null;
  if (choice === "pick") {
    const at = new Date(valueOf(form, "next_at"));
    const kind = valueOf(form, "kind");
    return {
      kind: kind === "note" ? "call" : kind,
      at: (isNaN(+at) ? inDays(1, 10) : at).toISOString(),
    };
  }
  const [kind, days] = choice.split(":");
  return { kind, at: inDays(parseInt(days), 10).toISOString() };
}

/** @param {HTMLFormElement} form */
async function log(form) {
  const lead = leadOf(recordOf(form));
  const body = activity(form);
  const to = valueOf(form, "stage");
  if (body.kind === "note" && !body.notes) return void $("textarea", form).focus();
  const entry = optimisticEntry(form, body);
  form.dataset.dirty = "";
  const button = $("[type=submit]", form);
  button.dataset.busy = "";
  try {
    const send = (/** @type {Record<string, string>} */ answers) =>
      api("POST", `/leads/${lead.id}/activities`, {
        ...body,
        ...(to && { transition: { to, ...answers } }),
      });
    const answer = await withQuestions(lead.name, to || lead.stage, send);
    delete form.dataset.dirty;
    form.reset();
    delete $("[name=next]", form).dataset.chosen;
    setKind(form, "call");
    $("[data-suggest]", form)?.setAttribute("aria-pressed", "false");
    // The drawer may be closed by now, and whoever works elsewhere keeps the cursor there.
    const title = form.contains(document.activeElement) ? $("h2", recordOf(form)) : null;
    title?.focus({ preventScroll: true });
    changed(lead.id, answer.lead ?? answer);
    toastChange(body.kind === "note" ? "Note saved" : "Logged", answer.change);
  } catch (error) {
    entry.remove();
    if (!isCancelled(error)) toast(`Not saved; your text is still here. ${reason(error)}`);
  } finally {
    delete button.dataset.busy;
  }
}

/** Shows the entry before the server has it. @param {HTMLFormElement} form
 * @param {{ kind: string, notes?: string }} body */
function optimisticEntry(form, { kind, notes }) {
  const entry = document.createElement("li");
  const mark = document.createElement("span");
  mark.className = "ic call";
  mark.append(icon(kind === "note" ? "pen-line" : "check", true));
  const text = document.createElement("p");
  const who = document.createElement("b");
  who.textContent = "You";
  const time = document.createElement("time");
  time.textContent = "just now";
  text.append(who, kind === "note" ? " wrote a note " : ` logged: ${kind} `, time);
  const box = document.createElement("div");
  box.append(text);
  if (notes) {
    const quote = document.createElement("p");
    quote.className = "q";
    quote.textContent = notes;
    box.append(quote);
  }
  entry.append(mark, box);
  $("[data-part=timeline] .tl", recordOf(form))?.prepend(entry);
  return entry;
}

function bindComposer() {
  on("submit", "#log", (form, event) => {
    event.preventDefault();
    log(/** @type {HTMLFormElement} */ (form));
  });
  on("keydown", "#log", (el, event) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      $("h2", recordOf(el)).focus({ preventScroll: true });
    }
    if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
    event.preventDefault();
    const suggestion = event.shiftKey && $("[data-suggest]", el);
    if (suggestion) take(suggestion, true);
    /** @type {HTMLFormElement} */ (el).requestSubmit();
  });
  on("change", "#log", (el, event) => {
    const form = /** @type {HTMLFormElement} */ (el);
    const { name } = event.target;
    if (name === "kind") setKind(form, valueOf(form, "kind"));
    if (name.startsWith("outcome-")) presetNext(form, valueOf(form, "kind"));
    if (name === "next") {
      event.target.dataset.chosen = "";
      showMoment(form);
    }
    if (name === "stage") $("[data-suggest]", form)?.setAttribute("aria-pressed", "false");
  });
  on("input", "#log textarea", (el) => {
    const form = /** @type {HTMLElement} */ (el.closest("form"));
    if (/** @type {HTMLTextAreaElement} */ (el).value) form.dataset.dirty = "";
    else delete form.dataset.dirty;
  });
  on("click", "[data-suggest]", (chip) => take(chip, chip.getAttribute("aria-pressed") !== "true"));
  on("click", "[data-compose]", (el) => setTimeout(() => compose(String(el.dataset.compose)), 0));
  on("click", "[data-compose-next]", () => focusNext());
}

/** @param {HTMLElement} chip @param {boolean} taken */
function take(chip, taken) {
  chip.setAttribute("aria-pressed", String(taken));
  const form = /** @type {HTMLFormElement} */ (chip.closest("form"));
  const select = /** @type {HTMLSelectElement} */ (form.elements.namedItem("stage"));
  select.value = taken ? String(chip.dataset.suggest) : "";
}

function focusNext() {
  const select = $("#log [name=next]", openRecord() ?? document.body);
  select?.focus();
  return Boolean(select);
}

// Planned steps, on the record and on Today.

/** @param {HTMLElement} el a control inside a follow-up
 * @param {() => Promise<any>} send @param {string} words */
async function settle(el, send, words) {
  const row = /** @type {HTMLElement} */ (el.closest("[data-follow-up]"));
  row.classList.add("leaving");
  try {
    const answer = await send();
    changed(leadOf(recordOf(el)).id);
    toastChange(words, answer?.change);
    refreshPage();
  } catch (error) {
    row.classList.remove("leaving");
    toast(reason(error));
  }
}

/** @param {HTMLElement} el */
const followUp = (el) =>
  `/follow-ups/${el.closest("[data-follow-up]")?.getAttribute("data-follow-up")}`;

function bindFollowUps() {
  on(
    "click",
    "[data-done]",
    (el) => settle(el, () => api("POST", `${followUp(el)}/completion`, {}), "Done"),
  );
  on("change", "[data-later]", (el) => {
    const select = /** @type {HTMLSelectElement} */ (el);
    const at = inDays(parseInt(select.value), 10).toISOString();
    settle(
      el,
      () => api("PATCH", followUp(el), { at }),
      `Put off: ${select.selectedOptions[0].text}`,
    );
  });
  /** @param {HTMLElement} el @param {"handOver" | "recall"} step */
  const pass = async (el, step) => {
    const row = /** @type {HTMLElement} */ (el.closest("[data-follow-up]"));
    (await import("./share.js"))[step](row, leadOf(recordOf(el)));
  };
  on("click", "[data-hand-over]", (el) => pass(el, "handOver"));
  on("click", "[data-recall]", (el) => pass(el, "recall"));
  on("click", "[data-open-log]", async (el) => {
    const record = recordOf(el);
    if (await openLead(leadOf(record).id, record)) compose("call");
  });
}

function bindRecord() {
  // Loaded before it is clicked, so that no keystroke is lost.
  on("pointerover", "[data-edit]", () => import("./edit.js"));
  on("focusin", "[data-edit]", () => import("./edit.js"));
  on("click", "[data-edit]", (button) => import("./edit.js").then((m) => m.edit(button)));
  on("click", "[data-move]", (el) => {
    const lead = leadOf(recordOf(el));
    moveLead(lead, String(el.dataset.move));
  });
  on("click", "[data-drop-share]", async (el) => {
    const lead = leadOf(recordOf(el));
    try {
      const answer = await api("DELETE", `/leads/${lead.id}/shares/${el.dataset.dropShare}`);
      changed(lead.id, answer);
      toastChange("No longer shared", answer?.change);
    } catch (error) {
      toast(reason(error));
    }
  });
  on("click", "[data-unmerge]", async (el) => {
    try {
      const { restored, kept } = await api("POST", `/merges/${el.dataset.unmerge}/undo`);
      const rest = kept.length ? `; ${kept.join(", ")} changed since and stay` : "";
      toast(`Two leads again${rest}`, { label: "Open", run: () => openLead(restored.id) });
      document.dispatchEvent(new CustomEvent("lead:undone"));
    } catch (error) {
      toast(reason(error));
    }
  });
  on("click", "[data-older]", async (el, event) => {
    event.preventDefault();
    try {
      const older = await fragment(String(el.getAttribute("href")));
      const fresh = document.createElement("template");
      fresh.innerHTML = older;
      el.replaceWith(fresh.content);
    } catch (error) {
      toast(reason(error));
    }
  });
}

export function startLead() {
  bindComposer();
  bindFollowUps();
  bindRecord();
  /** @type {[string, string][]} */
  const kinds = [["l", "call"], ["m", "email"], ["w", "whatsapp"], ["n", "note"]];
  for (const [key, kind] of kinds) hotkey(key, () => onRecord(() => compose(kind)));
  hotkey("f", () => onRecord(focusNext));
  hotkey("e", () => onRecord(() => $("[data-edit]", openRecord() ?? document.body)?.click()));
}

/** Runs on the open record, opening the focused one first. @param {() => unknown} run */
function onRecord(run) {
  if (openRecord()) return void run();
  const focused =
    /** @type {HTMLElement | null} */ (document.activeElement?.closest("[data-record]"));
  if (!focused) return false;
  openLead(String(focused.dataset.id), focused).then((opened) => opened && run());
}
