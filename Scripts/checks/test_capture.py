"""Leads that arrive from outside: a form on somebody's website, a spreadsheet."""

import csv
import io
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from playwright.sync_api import expect

from browser import column, context, ready

TYPING_MS = 40  # nobody types a form in three seconds


@pytest.fixture
def website():
    """A page of another site; `website.page` is the HTML it serves."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = self.server.page.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    site = HTTPServer(("127.0.0.1", 0), Handler)
    site.page = ""
    site.origin = f"http://127.0.0.1:{site.server_port}"
    thread = threading.Thread(target=site.serve_forever)
    thread.start()
    yield site
    site.shutdown()
    thread.join()
    site.server_close()


def submit(page, company: str, email: str) -> None:
    for name, value in (("company", company), ("contact_name", "Sofia Haddad"), ("email", email)):
        page.locator(f"form [name={name}]").click()
        page.keyboard.type(value, delay=TYPING_MS)
    page.locator("form [name=notes]").click()
    page.keyboard.type("Please call me about your prices, any day.", delay=TYPING_MS)
    page.locator("form button[type=submit]").click()


def embed(website, server, form: dict) -> None:
    website.page = (
        "<!doctype html><title>Meridian</title><main><h1>Write to us</h1>"
        f'<script src="{server.base}/f/{form["token"]}/embed.js" async></script></main>'
    )


def new_form(api, name: str, origins: list[str]) -> dict:
    return api.ok("POST", "/forms", json={"name": name, "source": "website", "origins": origins})


def test_a_form_on_another_site_appears_on_the_open_board(open_page, browser, server, api, website):
    embed(website, server, new_form(api, "Contact page", [website.origin]))
    board = ready(open_page("/pipeline"))
    visitor = context(browser, website.origin).new_page()
    visitor.goto("/")
    submit(visitor, "Embedded Exports", "sofia@embedded.example")
    arrived = column(board, "open").locator(".card", has_text="Embedded Exports")
    # Commit to pixel is one second by design; a debug build under load gets five.
    expect(arrived).to_be_visible(timeout=5_000)
    expect(arrived.locator(".av:not(.none)")).to_be_visible()
    (lead,) = api.leads_named("Embedded Exports")
    assert lead["owner"], "it was assigned as it came in"
    assert visitor.context.cookies() == [], "a form sets no cookie on a visitor"
    visitor.context.close()


def test_a_site_that_is_not_listed_cannot_submit(browser, server, api, website):
    embed(website, server, new_form(api, "Elsewhere", ["https://elsewhere.example"]))
    visitor = context(browser, website.origin).new_page()
    visitor.goto("/")
    submit(visitor, "Foreign Origin", "x@foreign.example")
    expect(visitor.get_by_role("alert").filter(visible=True)).to_be_visible()
    assert api.leads_named("Foreign Origin") == []
    visitor.context.close()


def test_the_hosted_form_works_and_the_ledger_balances(browser, server, api):
    form = new_form(api, "Hosted", [])
    visitor = context(browser, server.base).new_page()
    visitor.goto(f"/f/{form['token']}")
    submit(visitor, "Hosted Interiors", "h@hosted.example")
    expect(visitor.get_by_text("Thank you").first).to_be_visible()
    assert len(api.leads_named("Hosted Interiors")) == 1
    ledger = api.ok("GET", "/inbox/ledger")
    outcomes = ("created", "merged", "quarantined", "refused", "waiting")
    assert ledger["balanced"] and ledger["received"] == sum(ledger[name] for name in outcomes)
    visitor.context.close()


QUESTIONS = {
    "fields": [
        {"key": "company", "label": "Company", "kind": "text"},
        {"key": "contact_name", "label": "Name", "kind": "text"},
        {"key": "email", "label": "Email", "kind": "email", "required": True},
        {"key": "notes", "label": "Message", "kind": "textarea"},
        {"key": "topics", "label": "Topics", "kind": "multi", "choices": ["Tills", "Stock"]},
        {"key": "plan", "label": "Plan", "kind": "file", "types": ["txt"]},
    ],
    "consent": {"text": "I agree."},
    "challenge": True,
}


def asked(api, name: str, origins: list[str]) -> dict:
    body = {"name": name, "origins": origins, "definition": QUESTIONS}
    return api.ok("POST", "/forms", json=body)


def answer(page) -> None:
    page.get_by_label("Stock").check()
    page.get_by_label("I agree. *").check()
    page.locator("form [name=plan]").set_input_files(
        {"name": "plan.txt", "mimeType": "text/plain", "buffer": b"Two tills"}
    )


def check_answered(api, company: str) -> None:
    (lead,) = api.leads_named(company)
    assert "Topics: Stock" in lead["notes"]
    files = api.ok("GET", f"/leads/{lead['id']}/files")["data"]
    assert [file["name"] for file in files] == ["plan.txt"]


def test_a_form_asks_what_it_is_told_and_the_browser_proves_it(
    browser, server, api, website
):
    form = asked(api, "Hosted questions", [])
    visitor = context(browser, server.base).new_page()
    visitor.goto(f"/f/{form['token']}?utm_source=check")
    answer(visitor)
    submit(visitor, "Asked Interiors", "asked@hosted.example")
    expect(visitor.get_by_role("heading", name="Thank you")).to_be_visible(timeout=20_000)
    check_answered(api, "Asked Interiors")
    visitor.context.close()

    embed(website, server, asked(api, "Embedded questions", [website.origin]))
    visitor = context(browser, website.origin).new_page()
    visitor.goto("/?utm_source=check")
    submit(visitor, "Asked Exports", "asked@embedded.example")
    expect(visitor.get_by_text("Please agree to go on.")).to_be_visible(timeout=20_000)
    answer(visitor)
    visitor.locator("form button[type=submit]").click()
    expect(visitor.get_by_text("Thank you")).to_be_visible(timeout=20_000)
    check_answered(api, "Asked Exports")
    (lead,) = api.leads_named("Asked Exports")
    assert lead["attribution"]["utm_source"] == "check"
    assert visitor.context.cookies() == [], "a form sets no cookie on a visitor"
    visitor.context.close()


def test_a_form_is_built_with_the_keyboard_and_shown_at_once(open_page, api):
    form = new_form(api, "Built", [])
    page = ready(open_page(f"/settings/forms/{form['id']}"))
    page.get_by_role("button", name="Add question").click()
    page.keyboard.type("How many shops?")
    preview = page.locator("[data-preview]")
    expect(preview).to_contain_text("How many shops?")
    page.keyboard.press("Alt+ArrowUp")
    page.get_by_label("Words to agree to").fill("I agree.")
    page.get_by_role("button", name="Save changes").click()
    expect(page.locator("#toasts").get_by_text("Changes saved")).to_be_visible()
    saved = next(one for one in api.ok("GET", "/forms")["data"] if one["id"] == form["id"])
    keys = [field["key"] for field in saved["definition"]["fields"]]
    assert keys[-2:] == ["how_many_shops", "notes"]
    assert saved["definition"]["consent"]["version"] == 1


def sheet(rows: list[list[str]]) -> dict:
    text = io.StringIO()
    csv.writer(text).writerows([["Company", "Contact name", "Email", "Phone"], *rows])
    return {"name": "leads.csv", "mimeType": "text/csv", "buffer": text.getvalue().encode()}


def test_an_import_with_a_bad_row_keeps_the_good_ones(open_page, api):
    api.lead("Known Agro", email="known@import.example")
    page = ready(open_page("/import"))
    page.locator("#upload input[type=file]").set_input_files(
        sheet([
            ["Fresh Agro", "Noah Costa", "noah@import.example", ""],
            ["Known Agro again", "Isha Nair", "KNOWN@import.example", ""],
            ["Broken Agro", "Ben Weber", "not an email", ""],
        ])
    )
    page.wait_for_url("**/import/*")
    ready(page)
    page.get_by_role("button", name="Check the rows").click()
    page.get_by_role("link", name="Rejected").click()
    rejected = page.locator("table.checked tbody tr")
    expect(rejected).to_have_count(1)
    expect(rejected).to_contain_text("Broken Agro")
    assert api.leads_named("Fresh Agro") == [], "a check writes nothing"
    page.locator("[data-commit]").click()
    expect(page.get_by_role("heading", name="Imported")).to_be_visible(timeout=30_000)
    for key in ("created", "updated", "rejected"):
        expect(page.locator(f'[data-run-count="{key}"]')).to_have_text("1")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the rejected rows").click()
    header, row = csv.reader(io.StringIO(download.value.path().read_text(encoding="utf-8-sig")))
    assert header == ["Company", "Contact name", "Email", "Phone", "error"]
    assert row[:3] == ["Broken Agro", "Ben Weber", "not an email"] and "mail" in row[4].lower()
    assert len(api.leads_named("Fresh Agro")) == 1
    assert len(api.leads_named("Known Agro")) == 1 and not api.leads_named("Known Agro again")
