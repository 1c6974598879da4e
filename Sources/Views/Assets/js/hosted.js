// @ts-check
/* A form on somebody else's page, in a shadow root so that styles do not meet. The page may set
   --iperform-accent, -font and -radius, or style the parts field, label, input, button. */
(() => {
  /** @typedef {[name: string, label: string, kind: string, auto?: string, help?: string,
   *   choices?: string, accept?: string]} Field */
  /** @typedef {{ title: string, address: string, stamp: string, trap: string,
   *   stampName: string, fields: Field[], consent?: { text: string, version: string },
   *   must?: number, solve?: (task: any) => Promise<string> }} Settings */
  const page = /** @type {{ iPerformForm?: Settings }} */ (self);
  const script = document.currentScript;
  const settings = page.iPerformForm;
  delete page.iPerformForm;
  if (!settings || !script) return;
  const { title, address, fields, consent, must, trap, stampName, solve } = settings;

  const STYLE = `
:host{--r:var(--iperform-radius,7px);--a:var(--iperform-accent,#3b5bdb);
display:block;max-width:30rem;font-size:16px;line-height:1.5}
form{display:grid;gap:.875rem;font-family:var(--iperform-font,inherit)}
label,legend{display:block;font-size:.875em;font-weight:550;margin-bottom:.25rem;padding:0}
fieldset{border:0;margin:0;padding:0}
.b{display:flex;gap:.5rem;font-weight:400}
input:not([type=checkbox]),select,textarea{box-sizing:border-box;width:100%;padding:.5rem .625rem;
font:inherit;color:inherit;background:transparent;
border:1px solid color-mix(in srgb,currentcolor 55%,transparent);
border-radius:var(--r)}
textarea{min-height:6em;resize:vertical}
option{color:#111;background:#fff}
[aria-invalid]{border-color:#c22f2f!important}
:focus-visible{outline:3px solid
color-mix(in srgb,var(--a) 45%,transparent);outline-offset:1px}
button{justify-self:start;min-height:44px;padding:0 1.25rem;font:inherit;font-weight:600;
color:#fff;background:var(--a);border:0;
border-radius:var(--r);cursor:pointer}
button:disabled{opacity:.6}
.e,.h{font-size:.875em;margin:.25rem 0 0}
.e{color:#c22f2f}
.trap{position:absolute;left:-200vw}
.h:empty,[hidden]{display:none}`;

  /** @param {string} tag @param {Record<string, string>} given @param {(Node | string)[]} inside */
  const make = (tag, given, ...inside) => {
    const el = document.createElement(tag);
    for (const name in given) el.setAttribute(name, given[name]);
    el.append(...inside);
    return el;
  };

  /** @param {object} given @param {string} label */
  const box = (given, label) =>
    make("label", { class: "b" }, make("input", { type: "checkbox", ...given }), label);

  /** @param {Field} field */
  const control = ([name, label, kind, auto = "off", help = "", choices = "", accept = ""]) => {
    const list = choices.split("\n");
    const is = { id: name, "aria-describedby": `${name}-e` };
    const shared = { ...is, name, part: "input", autocomplete: auto };
    const type = { phone: "tel", email: kind, file: kind }[kind] ?? "text";
    const lead = make("label", { for: name, part: "label" }, label);
    const inside = kind === "checkbox"
      ? [box({ ...is, name, value: "yes" }, label)]
      : kind === "multi"
      ? [make("legend", {}, label), ...list.map((value) => box({ name, value }, value))]
      : kind === "textarea"
      ? [lead, make(kind, shared)]
      : kind === "choice"
      ? [lead, make("select", shared, ...["", ...list].map((one) => make("option", {}, one)))]
      : [lead, make("input", { ...shared, type, accept })];
    return make(
      kind === "multi" ? "fieldset" : "div",
      kind === "multi" ? is : { part: "field" },
      ...inside,
      make("p", { class: "h" }, help),
      make("p", { class: "e", id: `${name}-e`, hidden: "" }),
    );
  };

  const host = make("div", { class: "iperform-form" });
  const root = host.attachShadow({ mode: "open" });
  // Works where the page's policy forbids inline styles, too.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  const problem = make("p", { class: "e", role: "alert", hidden: "" });
  const button =
    /** @type {HTMLButtonElement} */ (make("button", { type: "submit", part: "button" }, "Send"));
  /** @type {Field[]} */
  const agreed = consent ? [["consent", consent.text + (must ? " *" : ""), "checkbox"]] : [];
  const form = /** @type {HTMLFormElement} */ (make(
    "form",
    { novalidate: "", "aria-label": title },
    ...[...fields, ...agreed].map(control),
    make(
      "div",
      { class: "trap", "aria-hidden": "true" },
      make("input", { name: trap, tabindex: "-1", autocomplete: "off" }),
    ),
    problem,
    button,
  ));
  root.append(form);
  script.after(host);

  let { stamp } = settings;
  const ask = async () => (await fetch(`${address}/challenge`, { credentials: "omit" })).json();
  /** @type {Promise<string> | null} */
  let work = null;
  const prove = () => work ??= ask().then(solve);
  if (solve) form.addEventListener("focusin", prove, { once: true });

  /** @param {Element | null} line @param {string} text */
  const say = (line, text) => {
    if (!(line instanceof HTMLElement)) return;
    line.textContent = text;
    line.hidden = !text;
  };

  /** @param {{ detail?: string, errors?: { field: string, message: string }[] }} answer */
  const refuse = (answer) => {
    const rest = (answer.errors ?? []).filter(({ field, message }) => {
      if (field === stampName) ask().then((told) => stamp = told.stamp);
      const input = root.getElementById(field);
      if (!input) return true;
      input.setAttribute("aria-invalid", "true");
      say(root.getElementById(`${field}-e`), message);
    });
    const first = /** @type {HTMLElement | null} */ (root.querySelector("[aria-invalid]"));
    first?.focus();
    if (rest.length) say(problem, rest.map((one) => one.message).join(" "));
    else if (!first) say(problem, answer.detail ?? "This could not be sent. Please try again.");
  };

  const send = async () => {
    const body = new FormData(form);
    body.set(stampName, stamp);
    if (consent) body.set("consent_version", consent.version);
    body.set("landing_page", location.href.slice(0, 500));
    body.set("referrer", document.referrer.slice(0, 500));
    for (const [name, value] of new URLSearchParams(location.search)) {
      if (/^(utm_|gclid|fbclid)/.test(name)) body.set(name, value);
    }
    if (solve) body.set("altcha", await prove().finally(() => work = null));
    const reply = await fetch(address, {
      method: "POST",
      credentials: "omit",
      headers: { Accept: "application/json" },
      body,
    });
    const answer = await reply.json().catch(() => ({}));
    if (!reply.ok) return refuse(answer);
    if (answer.redirect) return location.assign(answer.redirect);
    const thanks = make("p", { role: "status", tabindex: "-1" }, answer.message);
    form.replaceWith(thanks);
    thanks.focus();
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    for (const line of root.querySelectorAll(".e")) say(line, "");
    for (const bad of root.querySelectorAll("[aria-invalid]")) bad.removeAttribute("aria-invalid");
    button.disabled = true;
    await send().catch(() => refuse({}));
    button.disabled = false;
  });
})();
