// @ts-check
/** The hosted page of a form that asks for a proof: does it while the visitor writes. */
import { solve } from "./proof.js";

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-challenge]"));
const goodMinutes = 50; // a little less than the server allows

/** @type {Promise<string> | null} */
let proof = null;
let begunAt = 0;

function begin() {
  if (proof && Date.now() - begunAt < goodMinutes * 60_000) return proof;
  begunAt = Date.now();
  proof = fetch(String(form?.dataset.challenge), { credentials: "omit" })
    .then((reply) => reply.json()).then(solve);
  proof.catch(() => (proof = null));
  return proof;
}

if (form) {
  const button = /** @type {HTMLButtonElement} */ (form.querySelector("[type=submit]"));
  form.addEventListener("focusin", () => void begin().catch(() => {}), { once: true });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    button.textContent = "One moment …";
    const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("altcha"));
    // Without it the server says what is missing.
    field.value = await begin().catch(() => "");
    form.submit();
  });
  addEventListener("pageshow", () => {
    button.disabled = false;
    button.textContent = "Send";
  });
}
