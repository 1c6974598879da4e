"""A company in which every text is an attack: all of it is read on the pages, none of it runs."""

import io
import json
import re
import socket
import threading
from contextlib import closing
from urllib.parse import urlsplit

import httpx
import pytest
from openpyxl import Workbook
from playwright.sync_api import Page, expect

import browser as chromium
from hostile import HIT, PAYLOADS, Pen
from product import Company, Server, create_company, free_port

NAME = f"<script>{HIT}(0)</script>"
# Pages of one kind that are looked at, by a path with its ids left out: a lead of each payload.
OF_A_KIND = {"/leads/·": len(PAYLOADS) + 2}
FEW = 4
IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")

# Runs before anything of a page. What an attack calls is there to be called.
TRAP = f"""
    window.{HIT} = (number) => window.__caught(`ran: {HIT}(${{number}})`)
    document.addEventListener("securitypolicyviolation", (event) =>
        window.__caught(`policy: ${{event.violatedDirective}} ${{event.blockedURI}} ${{event.sample}}`))
"""
# What would run at a click, or has been broken out of its quotes.
ARMED = """() => {
    const addresses = ["href", "src", "action", "formaction", "xlink:href", "data", "srcdoc"]
    const found = []
    for (const element of document.querySelectorAll("*")) {
        for (const { name, value } of element.attributes) {
            if (name.startsWith("on")) found.push(`${element.localName} ${name}=${value}`)
            if (addresses.includes(name) && /^[\\s\\u0000-\\u001f]*(javascript|data|vbscript):/i.test(value)
                && !value.startsWith("data:image/svg+xml")) found.push(`${name}=${value}`)
        }
    }
    for (const name of ["img", "svg[onload]", "iframe", "object", "embed", "base"])
        if (document.querySelector(name)) found.push(`a ${name}`)
    return found
}"""
# All that a person can read, in fields and in what is folded away too.
READ = """() => [document.body.textContent, ...[...document.querySelectorAll("input, textarea, option")]
    .flatMap((field) => [field.value, field.placeholder ?? ""]),
    ...[...document.querySelectorAll("[title], [aria-label]")]
    .flatMap((one) => [one.title, one.ariaLabel ?? ""])].join("\\n")"""


class RudeRelay:
    """A mail server that refuses everything, in words of its own."""

    def __enter__(self) -> "RudeRelay":
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._refuse, args=(connection,), daemon=True).start()

    @staticmethod
    def _refuse(connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 here\r\n")
            for line in lines:
                command = line[:4].upper()
                answer = f"550 {PAYLOADS[0]} {PAYLOADS[1]}" if command == b"RCPT" else "250 yes"
                connection.sendall(f"{'221 bye' if command == b'QUIT' else answer}\r\n".encode())
                if command == b"QUIT":
                    return


class Browsing(httpx.Client):
    """The API as the pages use it: a session, and its proof on every write."""

    def __init__(self, base: str, company: Company):
        super().__init__(base_url=base, trust_env=False, timeout=30)
        self.headers["User-Agent"] = PAYLOADS[1]
        signed = self.post("/api/v1/sessions", json=company.credentials)
        assert signed.status_code == 201, signed.text
        self.headers["X-CSRF-Token"] = signed.json()["csrf"]

    @property
    def cookie(self) -> dict:
        value = self.cookies["iperform_session"]
        return {"name": "iperform_session", "value": value, "url": str(self.base_url)}


def fill(client: Browsing, company: Company) -> tuple[Pen, list[str]]:
    """Writes it all, and returns the addresses of public pages that it made."""
    pen = Pen(client)
    pen.records["imports"] = upload(client)
    for payload in PAYLOADS:
        for method, path, schema in pen.operations():
            # What is replaced as a whole holds every payload at once, and what has taken none
            # of two takes no other.
            is_done = method == "put" and payload != PAYLOADS[0]
            is_shut = payload in PAYLOADS[2:] and not pen.has_written(method, path)
            if not is_done and not is_shut:
                pen.write(method, path, schema, payload)
        wrong = company.credentials | {"email": payload[:200], "password": payload[:100]}
        client.post("/api/v1/sessions", json=wrong)
    return pen, submit(client)


def submit(client: Browsing) -> list[str]:
    """What web forms send: taken, set aside as spam, and with fields that nobody knows."""
    form = client.post("/api/v1/forms", json={"name": PAYLOADS[4], "thank_you": PAYLOADS[0]}).json()
    path = f"/f/{form['token']}"
    for number, payload in enumerate(PAYLOADS):
        sent = {"company": payload, "contact_name": payload, "notes": payload, payload: payload,
                "email": f"form{number}@hostile.example"}
        client.post(path, json=sent)
        client.post(path, json=sent | {"notes": f"{payload} http http http http http http"})
        client.post(path, json={"company": payload, "email": payload})
    return [path, f"{path}?utm_source={PAYLOADS[0]}"]


def upload(client: Browsing) -> list[str]:
    """Files whose names, sheets, heads and cells are hostile: looked at, checked and run."""
    rows = [["Company", "Email", *PAYLOADS[:4]]]
    rows += [[payload, payload if number % 2 else "", *PAYLOADS[:4]]
             for number, payload in enumerate(PAYLOADS)]
    book = Workbook()
    book.active.title = "<svg onload=__hit(5)>"
    for row in rows:
        book.active.append([re.sub(r"[\x00-\x1f]", "", cell) for cell in row])
    book.create_sheet("'><img src=x>")
    data = io.BytesIO()
    book.save(data)
    mapping = json.dumps({"columns": {"Company": "company", "Email": "email"}})
    made = []
    for name, fields in (
        ("'><img src=x onerror=__hit(1)>.xlsx", {}),
        ("<script>__hit(1)</script>.xlsx", {"mapping": mapping, "dry_run": "true"}),
        ("<svg onload=__hit(5)>.xlsx", {"mapping": mapping}),
    ):
        sent = client.post("/api/v1/imports", data=fields, files={"file": (name, data.getvalue())})
        assert sent.status_code == 202, sent.text
        made.append(sent.json()["id"])
    return made


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """The company: filled beside a relay that answers with attacks, then served without one, so
    that the outbox shows what the messages say."""
    data = tmp_path_factory.mktemp("hostile") / "data"
    data.mkdir()
    company = create_company(data, NAME)
    free, port = {"IPERFORM_REQUESTS_A_MINUTE": "1000000"}, free_port()
    with RudeRelay() as relay:
        mail = {"IPERFORM_SMTP": f"smtp://127.0.0.1:{relay.port}?tls=none",
                "IPERFORM_MAIL_FROM": "crm@hostile.example"}
        with Server(data, port=port, environment=free | mail) as server:
            client = Browsing(server.base, company)
            pen, doors = fill(client, company)
            wait_for(lambda: client.get("/api/v1/jobs", params={"filter[state]": "dead"}))
    # So many guesses hold off whoever signs in from here: the session goes on.
    with closing(client), Server(data, port=port, environment=free) as server:
        client.post("/api/v1/users", json={
            "name": PAYLOADS[0], "email": "last@hostile.example", "role": "salesperson"})
        client.post("/api/v1/password-resets", json={
            "tenant": company.tenant, "email": company.email})
        letters = client.get("/api/v1/outbox", params={"limit": 20}).json()["data"]
        texts = " ".join(letter["text"] or "" for letter in letters)
        doors += [urlsplit(link).path for link in re.findall(r"http://\S+/welcome/\S+", texts)][:1]
        yield server, client, pen, doors


def wait_for(ask) -> None:
    deadline = threading.Event()
    for _ in range(100):
        if ask().json()["data"]:
            return
        deadline.wait(0.1)


@pytest.fixture(scope="module")
def visitor(hostile, browser):
    """A browser in which an attack that runs is caught, signed in."""
    server, client, _, _ = hostile
    caught: list[str] = []
    context = chromium.context(browser, server.base)
    context.add_cookies([client.cookie])
    context.expose_binding("__caught", lambda _, what: caught.append(what))
    context.add_init_script(TRAP)
    page = chromium.watch(context.new_page(), caught)

    def dialog(opened) -> None:
        caught.append(f"dialog: {opened.message}")
        opened.dismiss()

    page.on("dialog", dialog)
    yield page, caught
    context.close()


def look(page: Page, caught: list[str], place: str) -> str:
    """The page's text; nothing of it has run, or would at a click."""
    armed = page.evaluate(ARMED)
    assert not armed, f"{place}: {armed}"
    assert not caught, f"{place}: {caught}"
    return page.evaluate(READ)


def crawl(page: Page, caught: list[str], begin: list[str]) -> tuple[str, set[str]]:
    """Goes wherever a link leads, to some pages of each kind."""
    waiting, seen, kinds, text = list(begin), set(begin), {}, ""
    while waiting:
        path = waiting.pop(0)
        kind = IDS.sub("·", urlsplit(path).path)
        kinds[kind] = kinds.get(kind, 0) + 1
        if kinds[kind] > OF_A_KIND.get(kind, FEW):
            continue
        answer = page.goto(path, wait_until="load")
        assert answer.status < 500, path
        page.evaluate("() => document.querySelectorAll('details').forEach((one) => one.open = true)")
        text += look(page, caught, path)
        for link in page.evaluate("() => [...document.links].map((link) => link.href)"):
            address = urlsplit(link)
            onward = address.path + (f"?{address.query}" if address.query else "")
            is_ours = address.netloc == urlsplit(page.url).netloc and address.scheme == "http"
            is_page = not re.search(r"/api/|\.csv|/assets/|\.well-known", address.path)
            # One order and one filter of a list is enough.
            plain = not re.search(r"sort=|cursor=|filter", address.query)
            if is_ours and is_page and plain and onward not in seen:
                seen.add(onward)
                waiting.append(onward)
    return text, set(kinds)


def test_what_is_taken_is_nearly_all_there_is(hostile):
    _, _, pen, _ = hostile
    operations = {f"{method} {path}" for method, path, _ in pen.operations()}
    filled = {operation for operation, _ in pen.written}
    # These take no text but names of records, or end with the second try of the same.
    silent = {operation for operation in operations - filled if operation not in pen.unfilled}
    left = {one: pen.unfilled.get(one, "") for one in operations - filled - silent}
    assert len(filled) > 20 and len(pen.written) > 60, (sorted(filled), left)
    assert {"post /api/v1/leads", "put /api/v1/custom-fields", "post /api/v1/users",
            "put /api/v1/assignment-rules", "patch /api/v1/stages/{key}",
            "post /api/v1/forms", "post /api/v1/leads/{id}/activities"} <= filled, left


def test_every_page_shows_it_and_runs_none_of_it(hostile, visitor):
    _, _, _, doors = hostile
    page, caught = visitor
    text, kinds = crawl(page, caught, ["/today", "/pipeline", "/nowhere", *doors])
    wanted = {"/today", "/pipeline", "/leads", "/leads/·", "/leads/·/access", "/customers",
              "/import", "/import/·", "/inbox", "/jobs", "/outbox", "/audit", "/developers",
              "/account/security", "/settings/users", "/settings/teams", "/settings/stages",
              "/settings/fields", "/settings/assignment", "/settings/forms", "/settings/keys"}
    assert wanted <= kinds, wanted - kinds
    for payload in PAYLOADS:
        assert shown(payload) in shown(text), f"nowhere to be read: {payload}"
    for sort in ("company", "-created_at", "stage"):
        page.goto(f"/leads?sort={sort}&filter[q]={HIT}")
        look(page, caught, sort)


def shown(text: str) -> str:
    """White space is the browser's to lay out."""
    return re.sub(r"\s+", "", text)


def test_what_opens_above_a_page_runs_none_of_it(hostile, visitor):
    page, caught = visitor
    page.goto("/pipeline")
    chromium.ready(page)
    for card in page.locator(".card a").all()[:4]:
        card.click()
        page.locator("#drawer[open] [data-part=timeline]").wait_for()
        look(page, caught, "the drawer")
        page.keyboard.press("Escape")
        expect(page.locator("#drawer[open]")).to_have_count(0)
    for chip in page.locator(".chip[popovertarget]").all():
        chip.click()
        look(page, caught, "a menu")
        page.keyboard.press("Escape")
    for words in (HIT, "<script>", "javascript:", "\"'><img"):
        page.keyboard.press("Control+k")
        page.locator("#palette[open]").wait_for()
        page.keyboard.type(words)
        page.get_by_role("option").filter(has_text=HIT).first.wait_for()
        look(page, caught, f"the palette at {words}")
        page.keyboard.press("Escape")
        expect(page.locator("#palette[open]")).to_have_count(0)
    page.keyboard.press("c")
    page.locator("#new-lead[open]").wait_for()
    look(page, caught, "a new lead")
    page.keyboard.press("Escape")


def test_what_happens_meanwhile_runs_none_of_it(hostile, visitor):
    _, _, pen, _ = hostile
    page, caught = visitor
    page.goto("/pipeline")
    chromium.ready(page)
    for number, payload in enumerate(PAYLOADS):
        told = f"{payload[:60]} live {number}"
        made = pen.client.post("/api/v1/leads", json={
            "company": told, "contact_name": payload[:100], "product": payload[:100]}).json()
        arrived = chromium.card(page, made["id"])
        expect(arrived).to_be_visible()
        assert shown(told) in shown(arrived.text_content())
        pen.client.post(f"/api/v1/leads/{made['id']}/transition", json={
            "to": "first_contact", "note": payload})
        look(page, caught, f"a card of {payload}")
    page.reload()
    look(page, caught, "the board")


def test_the_trap_catches_what_it_is_set_for(visitor):
    page, caught = visitor
    page.goto("/today")
    page.evaluate(f"""() => new Promise((done) => {{
        document.addEventListener("securitypolicyviolation", done, {{ once: true }})
        document.body.insertAdjacentHTML("beforeend", "<img src=x onerror={HIT}(1)>")
    }})""")
    page.evaluate(f"() => {HIT}(2)")
    found = " ".join(caught)
    caught.clear()
    assert f"ran: {HIT}(2)" in found and "policy: script-src" in found, found
    assert page.evaluate(ARMED)
