// @ts-check
/** The import wizard: send a file, say what its columns mean, look at the rows, watch it run. */
import { $, $$, api, on, Problem, reason, toast } from "./dom.js";
import { refreshRegion } from "./forms.js";

const MAY_REPEAT = new Set(["notes", "tags"]);
/** Fields whose texts may stand for others; their own fields besides. */
const TEXTS = "source campaign territory owner product currency lost_reason tags".split(" ");
const NAMES_A_LEAD = ["company", "contact_name", "email", "phone", "external_id"];
const POLL_MS = 1500;

// A file

/** @param {File | undefined} file */
async function upload(file) {
  const form = $("#upload");
  if (!form || !file || form.dataset.busy !== undefined) return;
  if (!/\.(xlsx|csv|json|xml)$/i.test(file.name)) {
    return refuse(`“${file.name}” is not an .xlsx, .csv, .json or .xml file. Save it as one of these.`);
  }
  $("#upload-error").hidden = true;
  form.dataset.busy = "";
  try {
    const { id } = await sendFile(file);
    location.assign(`/import/${id}`);
  } catch (error) {
    refuse(reason(error));
    $(".drop-sending", form).hidden = true;
    delete form.dataset.busy;
  }
}

/** @param {string} text */
function refuse(text) {
  const line = $("#upload-error");
  line.textContent = text;
  line.hidden = false;
}

/** By XMLHttpRequest, because `fetch` does not tell how far an upload is. @param {File} file */
function sendFile(file) {
  const body = new FormData();
  body.set("file", file);
  body.set("dry_run", "true");
  const request = new XMLHttpRequest();
  request.open("POST", "/api/v1/imports");
  request.responseType = "json";
  request.setRequestHeader("Accept", "application/json");
  request.setRequestHeader("X-CSRF-Token", $("meta[name=csrf]")?.getAttribute("content") ?? "");
  request.setRequestHeader("Idempotency-Key", crypto.randomUUID());
  showSending(request.upload, file);
  return new Promise((resolve, reject) => {
    request.onload = () => {
      if (request.status < 300 && request.response) return resolve(request.response);
      const text = request.response?.errors?.[0]?.message ?? request.response?.detail;
      reject(new Problem(request.status, text ?? `The server answered ${request.status}.`));
    };
    request.onerror = () => reject(new Problem(0, "The file could not be sent. Try again."));
    request.send(body);
  });
}

/** @param {XMLHttpRequestUpload} sending @param {File} file */
function showSending(sending, file) {
  const box = $("#upload .drop-sending");
  const bar = /** @type {HTMLProgressElement} */ ($("progress", box));
  const words = $("span", box);
  box.hidden = false;
  words.textContent = `Sending ${file.name}`;
  sending.onprogress = ({ loaded, total }) => {
    bar.value = total ? loaded / total * 100 : 0;
    if (loaded === total) {
      bar.removeAttribute("value");
      words.textContent = "Reading the first rows";
    }
  };
}

// The mapping

/** @param {HTMLElement} row */
const fieldOf = (row) => /** @type {HTMLSelectElement} */ ($(".map-pick select", row)).value;

/** @param {string} field */
const hasTexts = (field) => TEXTS.includes(field) || field.startsWith("custom.");

/** Shows the texts of columns whose field has such, and what those may become.
 * @param {HTMLElement} form */
function offerTexts(form) {
  for (const row of $$(".map-row", form)) {
    const field = fieldOf(row);
    row.toggleAttribute("data-texts", hasTexts(field));
    for (const input of $$("[data-instead]", row)) input.setAttribute("list", `known-${field}`);
  }
}

/** What is wrong with the choice, beside each column and under the form.
 * @param {HTMLElement} form */
function mappingFaults(form) {
  const rows = $$(".map-row", form);
  const chosen = rows.map(fieldOf);
  let faults = 0;
  rows.forEach((row, place) => {
    const field = chosen[place];
    const twice = field && !MAY_REPEAT.has(field) && chosen.indexOf(field) !== place;
    const line = $(".map-pick .err", row);
    const name = rows[chosen.indexOf(field)]?.dataset.column;
    line.textContent = twice ? `“${name}” is imported as this already.` : "";
    line.hidden = !twice;
    $(".map-pick select", row).toggleAttribute("aria-invalid", Boolean(twice));
    if (twice) faults += 1;
  });
  if (faults) return "Every field can be filled from one column only.";
  if (!NAMES_A_LEAD.some((field) => chosen.includes(field))) {
    return "Choose a column for company, contact name, email, phone or external id.";
  }
  return "";
}

/** What stands for what in a column that is imported as this.
 * @param {HTMLElement} row @param {string} field
 * @returns {[string, HTMLSelectElement | HTMLInputElement][]} */
function textsOf(row, field) {
  if (field !== "stage" && !hasTexts(field)) return [];
  const controls = $$(field === "stage" ? "[data-value]" : "[data-instead]", row);
  return /** @type {(HTMLSelectElement | HTMLInputElement)[]} */ (controls).map((control) => [
    String(control.dataset.value ?? control.dataset.instead),
    control,
  ]);
}

/** The mapping as the API, the command line and saved mappings all write it.
 * @param {HTMLFormElement} form */
export function mappingOf(form) {
  /** @type {Record<string, string>} */
  const columns = {};
  /** What a mapping that was chosen says of texts too many to be shown.
   * @type {Record<string, Record<string, string>>} */
  const chosen = JSON.parse(form.dataset.values || "{}");
  /** @type {Record<string, Record<string, string>>} */
  const values = {};
  for (const row of $$(".map-row", form)) {
    const field = fieldOf(row);
    if (!field) continue;
    columns[String(row.dataset.column)] = field;
    const texts = { ...chosen[field], ...values[field] };
    for (const [text, control] of textsOf(row, field)) {
      const meant = control.value.trim();
      if (meant) texts[text] = meant;
      else delete texts[text];
    }
    if (Object.keys(texts).length) values[field] = texts;
  }
  const data = new FormData(form);
  return {
    columns,
    values,
    ...(data.get("dates") ? { dates: String(data.get("dates")) } : {}),
    currency: String(data.get("currency")),
    create_owners: data.has("create_owners"),
    match: data.getAll("match").map(String),
    on_match: String(data.get("on_match")),
  };
}

/** Puts a saved mapping's answers into the form.
 * @param {HTMLFormElement} form
 * @param {{ columns: Record<string, string>, values: Record<string, Record<string, string>>,
 *   dates?: string, currency?: string, create_owners: boolean, match: string[], on_match: string
 * }} saved */
function fillIn(form, saved) {
  for (const row of $$(".map-row", form)) {
    const field = saved.columns[String(row.dataset.column)] ?? "";
    /** @type {HTMLSelectElement} */ ($(".map-pick select", row)).value = field;
    $(".map-pick .tag", row)?.remove();
  }
  form.dataset.values = JSON.stringify(saved.values);
  offerTexts(form);
  for (const row of $$(".map-row", form)) {
    const field = fieldOf(row);
    const details = $("details", row);
    for (const [text, control] of textsOf(row, field)) {
      const meant = saved.values[field]?.[text];
      control.value = meant ?? (field === "stage" ? control.value : "");
      if (meant && field !== "stage") details.setAttribute("open", "");
    }
  }
  const set = (/** @type {string} */ name, /** @type {string | undefined} */ value) => {
    const control = form.elements.namedItem(name);
    if (control instanceof HTMLSelectElement && value) control.value = value;
  };
  set("dates", saved.dates);
  set("currency", saved.currency);
  set("on_match", saved.on_match);
  const owners = form.elements.namedItem("create_owners");
  if (owners instanceof HTMLInputElement) owners.checked = saved.create_owners;
  for (const box of /** @type {HTMLInputElement[]} */ ($$("[name=match]", form))) {
    box.checked = saved.match.includes(box.value);
  }
  say(form, mappingFaults(form));
}

/** @param {HTMLFormElement} form */
async function keep(form) {
  const input = /** @type {HTMLInputElement} */ (form.elements.namedItem("save_as"));
  const name = input.value.trim();
  say(form, name ? "" : "Give the mapping a name to keep it by.");
  if (!name) return input.focus();
  try {
    await api("POST", "/import-mappings", { name, mapping: mappingOf(form) });
    input.value = "";
    toast(`Kept as “${name}”`);
  } catch (error) {
    say(form, reason(error));
  }
}

/** @param {HTMLFormElement} form */
async function check(form) {
  const fault = mappingFaults(form);
  say(form, fault);
  if (fault) return $("[aria-invalid]", form)?.focus();
  const sheet = new FormData(form).get("sheet");
  const body = { mapping: mappingOf(form), ...(sheet ? { sheet } : {}) };
  await go(form, `/imports/${form.dataset.import}/check`, body, "?step=check");
}

/** Says what is wrong at the foot of the step. @param {HTMLElement} root @param {string} text */
function say(root, text) {
  const line = $("[data-form-error]", root);
  line.textContent = text;
  line.hidden = !text;
}

/** @param {HTMLElement} el shows itself busy @param {string} path @param {unknown} body
 * @param {string} query where the page goes then */
async function go(el, path, body, query) {
  if (el.dataset.busy !== undefined) return;
  el.dataset.busy = "";
  try {
    await api("POST", path, body);
    history.pushState(null, "", location.pathname + query);
    await refreshRegion();
    begin();
  } catch (error) {
    const errors = error instanceof Problem ? error.errors.map((one) => one.message) : [];
    say($("[data-region]"), errors.length ? errors.join(" ") : reason(error));
  } finally {
    delete el.dataset.busy;
  }
}

// Progress

const BUSY = new Set(["checking", "waiting", "running", "undoing"]);
let timer = 0;

/** Asks how far the import is while the server works on it; live events make it sooner. */
function watch() {
  clearTimeout(timer);
  const region = $("[data-region=import]");
  if (!region || !BUSY.has(String(region.dataset.state))) return;
  timer = setTimeout(async () => {
    try {
      await show(await api("GET", `/imports/${region.dataset.import}`));
    } catch {
      // Not reachable for a moment; the next round asks again.
    }
    watch();
  }, POLL_MS);
}

/**
 * @param {{ id: string, state: string, rows_total: number, rows_done: number, created: number,
 *   merged: number, rejected: number, updated: number, undone: number, kept: number }} now
 */
async function show(now) {
  const region = $("[data-region=import]");
  if (!region || region.dataset.import !== now.id) return;
  // Who maps columns is not disturbed by a dry run that goes on behind.
  if (region.dataset.step === "map") return;
  if (region.dataset.state !== now.state) {
    region.dataset.state = now.state;
    await refreshRegion();
    return;
  }
  const isUndo = now.state === "undoing";
  const total = isUndo ? now.created + now.merged : now.rows_total || 0;
  const moved = isUndo ? now.undone + now.kept : now.rows_done;
  const percent = total ? Math.min(100, Math.floor(moved / total * 100)) : 0;
  const bar = /** @type {HTMLProgressElement | null} */ ($("progress", region));
  if (bar && total) bar.value = percent;
  put("[data-run-percent]", total ? `${percent}%` : "");
  const done = now.rows_done.toLocaleString("en");
  put(
    "[data-run-rows]",
    total ? `${done} of ${total.toLocaleString("en")} rows` : `${done} rows so far`,
  );
  const { created, updated, rejected, undone, kept } = now;
  const counts = { created, updated, duplicates: now.merged - updated, rejected, undone, kept };
  for (const [key, count] of Object.entries(counts)) {
    put(`[data-run-count="${key}"]`, count.toLocaleString("en"));
  }
}

/** @param {string} selector @param {string} text */
function put(selector, text) {
  const el = $(selector);
  if (el) el.textContent = text;
}

/** What a step needs once it is on the page. */
function begin() {
  const form = $("#mapping");
  if (form) offerTexts(form);
  watch();
}

// What is bound once

on("change", "#upload input", (input) => {
  const picker = /** @type {HTMLInputElement} */ (input);
  upload(picker.files?.[0]);
  picker.value = "";
});
on("submit", "#upload", (_, event) => event.preventDefault());
for (const type of ["dragenter", "dragover"]) {
  on(type, ".leaf:has(#upload)", (_, event) => {
    event.preventDefault();
    $("#upload").classList.add("over");
  });
}
on("dragleave", ".leaf:has(#upload)", (leaf, event) => {
  if (!leaf.contains(event.relatedTarget)) $("#upload").classList.remove("over");
});
on("drop", ".leaf:has(#upload)", (_, event) => {
  event.preventDefault();
  $("#upload").classList.remove("over");
  upload(event.dataTransfer?.files[0]);
});

on("submit", "#mapping", (form, event) => {
  event.preventDefault();
  check(/** @type {HTMLFormElement} */ (form));
});
on("change", ".map-pick select", (select) => {
  $(".tag", /** @type {HTMLElement} */ (select.parentElement))?.remove();
  const form = /** @type {HTMLElement} */ (select.closest("form"));
  offerTexts(form);
  say(form, mappingFaults(form));
});
on("change", "#mapping [name=sheet]", async (select) => {
  const { value } = /** @type {HTMLSelectElement} */ (select);
  const { pathname } = location;
  history.replaceState(null, "", `${pathname}?step=map&sheet=${encodeURIComponent(value)}`);
  await refreshRegion().then(begin, (error) => toast(reason(error)));
});
on("click", "[data-commit]", (button) => {
  go(button, `/imports/${button.dataset.commit}/commit`, {}, "");
});
on("click", "[data-cancel-import]", (button) => {
  go(button, `/imports/${button.dataset.cancelImport}/cancellation`, undefined, "");
});
on("click", "[data-save-mapping]", (button) => {
  keep(/** @type {HTMLFormElement} */ (button.closest("form")));
});
on("keydown", "#mapping [name=save_as]", (input, event) => {
  if (/** @type {KeyboardEvent} */ (event).key !== "Enter") return;
  event.preventDefault();
  keep(/** @type {HTMLFormElement} */ (input.closest("form")));
});
on("change", "#mapping [name=saved]", (select) => {
  const option = /** @type {HTMLSelectElement} */ (select).selectedOptions[0];
  const form = /** @type {HTMLFormElement} */ (select.closest("form"));
  if (option?.dataset.mapping) fillIn(form, JSON.parse(option.dataset.mapping));
});
on("click", "[data-ask-undo]", () => {
  const box = $(".run-ask");
  box.hidden = !box.hidden;
  const opener = $("[data-ask-undo][aria-expanded]");
  opener.setAttribute("aria-expanded", String(!box.hidden));
  (box.hidden ? opener : $("[data-undo-import]", box)).focus();
});
on("click", "[data-undo-import]", (button) => {
  go(button, `/imports/${button.dataset.undoImport}/undo`, undefined, "");
});
/** The list follows what runs, at most every two seconds. */
let listTimer = 0;
document.addEventListener("live:import", () => {
  if (!$("[data-region=imports]") || listTimer) return;
  listTimer = setTimeout(() => {
    listTimer = 0;
    refreshRegion().catch(() => {});
  }, 2000);
});
addEventListener("popstate", () => refreshRegion().then(begin, () => location.reload()));
document.addEventListener("live:import", (event) => {
  show(/** @type {CustomEvent} */ (event).detail).then(watch, watch);
});
begin();
