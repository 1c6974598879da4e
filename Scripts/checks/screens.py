"""Takes pictures of every page into var/screens: `.venv/bin/python Scripts/checks/screens.py`.

Uses the demo company in var/demo-screens, made on first use. Names given as arguments
narrow the choice: `screens.py pipeline today`.
"""

import re
import sys
import time
from contextlib import closing

from playwright.sync_api import Page, sync_playwright

import browser as chromium
from product import API, ROOT, Company, Server, create_demo

OUT = ROOT / "var/screens"
DATA = ROOT / "var/demo-screens"
PAGES = {
    "today": "/today", "pipeline": "/pipeline", "leads": "/leads", "customers": "/customers",
    "import": "/import", "inbox": "/inbox", "developers": "/developers",
    "users": "/settings/users", "roles": "/settings/roles", "teams": "/settings/teams",
    "stages": "/settings/stages",
    "fields": "/settings/fields", "assignment": "/settings/assignment",
    "capacity": "/settings/capacity", "territories": "/settings/territories",
    "speed": "/settings/speed", "score": "/settings/score",
    "forms": "/settings/forms", "keys": "/settings/keys", "jobs": "/jobs",
    "duplicates": "/duplicates", "audit": "/audit", "outbox": "/outbox", "break-glass": "/break-glass",
    "sign-in-policy": "/settings/sign-in", "security": "/account/security",
}
# Without a session. The links are those of whom `invited` invites.
DOORS = {"sign-in": "/sign-in", "forgot": "/forgot", "void-link": "/welcome/nothing"}


def demo() -> Company:
    """The sign-in is kept beside the data, as only the first run prints it."""
    note = DATA.with_suffix(".txt")
    if not note.exists():
        DATA.mkdir(parents=True, exist_ok=True)
        made = create_demo(DATA)
        note.write_text("\n".join([made.tenant, made.email, made.password]))
    return Company(*note.read_text().split("\n"))


def drawer(page: Page) -> None:
    page.locator(".card").nth(2).locator("a").click()
    page.locator("#drawer[open] [data-part=timeline]").wait_for()


def palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type("har")
    page.get_by_role("option").first.wait_for()


def new_lead(page: Page) -> None:
    page.keyboard.press("c")
    page.locator("#new-lead[open]").wait_for()


def lost(page: Page) -> None:
    chromium.drag(page, page.locator(".card").nth(1), page.locator(".dock [data-outcome=lost]"))
    page.locator("#ask[open]").wait_for()


def access(page: Page) -> None:
    drawer(page)
    page.get_by_role("link", name="Why can I see this?").click()
    page.get_by_role("heading", name="Who may do what").wait_for()


def leave(page: Page) -> None:
    page.goto("/settings/users")
    chromium.ready(page)
    page.locator("[data-leave]").first.click()
    page.locator("#user-leave[open]").wait_for()


def share(page: Page) -> None:
    drawer(page)
    page.locator("[data-pick-share]").click()
    page.get_by_role("option", name="A co-owner").wait_for()
    page.keyboard.press("Enter")
    page.locator("#palette .g", has_text="People").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator("#share[open]").wait_for()
    page.keyboard.type("12.5")


def narrow(page: Page) -> None:
    page.goto("/settings/roles")
    chromium.ready(page).get_by_role("button", name="Narrow Junior sales").click()
    page.locator("dialog[open]").wait_for()


def new_key(page: Page) -> None:
    page.goto("/settings/keys")
    chromium.ready(page).get_by_role("button", name="New key").click()
    page.get_by_text("Only some of what I may do").click()


def mapping(page: Page) -> None:
    rows = "Company,Email,Product,Stage\nSlate,s@slate.example,POS,Engaging\nTill,t@till.example,WMS,Won\n"
    page.goto("/import")
    file = {"name": "fair.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    chromium.ready(page).locator("#upload input").set_input_files(file)
    page.locator('.map-row[data-column="Product"] summary').click()
    page.locator('[data-instead="POS"]').fill("Point of sale")


def own_hours(page: Page) -> None:
    page.goto("/settings/capacity")
    chromium.ready(page).locator("[data-item] summary").first.click()
    page.get_by_text("Own working hours").first.click()


STATES = {
    "mapping": mapping, "own-hours": own_hours,
    "leave": leave, "share": share,
    "drawer": drawer, "palette": palette, "new-lead": new_lead, "lost": lost, "access": access,
    "narrow": narrow, "new-key": new_key,
}


def narrowed(base: str, company: Company) -> None:
    """Makes a role of the company's own, where there is none."""
    with closing(API(base, company)) as api:
        if not api.ok("GET", "/roles")["data"]:
            api.ok("POST", "/roles", json={
                "name": "Junior sales", "base": "salesperson", "masks": ["internal_notes"],
                "changes": {"leads.read": ["own", "shared"], "exports.run": []}})


def doubled(base: str, company: Company) -> None:
    """Two leads that may be one, and what else the demo has of these."""
    with closing(API(base, company)) as api:
        for lead in (
            {"company": "Orchard Trading Ltd", "contact_name": "Fatima Khan", "product": "Suite",
             "email": "fatima@orchard.example", "territory": "North",
             "notes": "Met at the fair in March. Wants an offer for three shops."},
            {"company": "Orchard Trading", "contact_name": "Khan, Fatima", "source": "partner",
             "email": "f.khan@orchard.example", "value_minor": 1250000},
        ):
            api.ok("POST", "/leads", json=lead)
        api.ok("POST", "/duplicates/scan")
        for _ in range(100):
            if api.ok("GET", "/duplicates")["data"]:
                return
            time.sleep(0.2)


def invited(base: str, company: Company) -> str:
    """Invites somebody and reads the link from the outbox."""
    with closing(API(base, company)) as api:
        known = api.ok("GET", "/users", params={"filter[email]": "uma@vantage.example"})["data"]
        if known:
            api.ok("POST", f"/users/{known[0]['id']}/invitation")
        else:
            api.ok("POST", "/users", json={
                "name": "Uma Rao", "email": "uma@vantage.example", "role": "salesperson"})
        newest = api.ok("GET", "/outbox", params={"filter[kind]": "invitation"})["data"][0]
        return re.search(r"/welcome/\S+", newest["text"]).group(0)


def take_doors(page: Page, suffix: str, welcome: str, wanted: set[str]) -> None:
    for name, path in (DOORS | {"welcome": welcome}).items():
        if not wanted or name in wanted:
            page.goto(path)
            take(page, f"{name}-{suffix}")


def main(wanted: set[str]) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    company = demo()
    with Server(DATA) as server, sync_playwright() as playwright:
        launched = chromium.launch(playwright)
        welcome = invited(server.base, company)
        narrowed(server.base, company)
        doubled(server.base, company)
        for size in (chromium.WIDE, chromium.NARROW):
            for scheme in ("light", "dark"):
                context = chromium.context(launched, server.base, size, scheme)
                take_doors(context.new_page(), f"{size[0]}-{scheme}", welcome, wanted)
                take_all(context.new_page(), company, f"{size[0]}-{scheme}", wanted)
                context.close()
        launched.close()


def take_all(page: Page, company: Company, suffix: str, wanted: set[str]) -> None:
    chromium.sign_in(page, company)
    for name, path in PAGES.items():
        if not wanted or name in wanted:
            page.goto(path)
            take(chromium.ready(page), f"{name}-{suffix}")
    for name, prepare in STATES.items():
        if not wanted or name in wanted:
            page.goto("/pipeline")
            prepare(chromium.ready(page))
            take(page, f"{name}-{suffix}")


def take(page: Page, name: str) -> None:
    page.screenshot(path=OUT / f"{name}.png")
    sys.stdout.write(f"{name}.png\n")


if __name__ == "__main__":
    main(set(sys.argv[1:]))
