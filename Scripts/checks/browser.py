"""Chromium, the pages of the product, and the few gestures the checks share."""

import re
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright, expect

from product import Company

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--no-proxy-server",
]
WIDE, NARROW = (1440, 900), (390, 844)

# A refused request is an answer like any other; the page shows it. Chromium reports it anyway.
EXPECTED_MESSAGES = re.compile(r"Failed to load resource: the server responded with a status of 4")


def launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)


def context(browser: Browser, base: str, size=WIDE, scheme="light", **options) -> BrowserContext:
    width, height = size
    made = browser.new_context(
        base_url=base, viewport={"width": width, "height": height}, color_scheme=scheme,
        reduced_motion="reduce", **options,
    )
    # A debug build on a busy machine answers late, not wrongly.
    made.set_default_timeout(15_000)
    return made


def sign_in(page: Page, company: Company) -> None:
    page.goto("/sign-in")
    for name, value in company.credentials.items():
        page.locator(f"#sign-in [name={name}]").fill(value)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/today")


def watch(page: Page, faults: list[str]) -> Page:
    """Collects what must never happen on a page: errors, CSP reports, requests elsewhere."""

    def console(message) -> None:
        if message.type == "error" and not EXPECTED_MESSAGES.search(message.text):
            faults.append(f"console: {message.text}")

    def request(asked) -> None:
        own = urlsplit(page.url).netloc
        host = urlsplit(asked.url).netloc
        if own and host and host != own and not asked.is_navigation_request():
            faults.append(f"request to {host}: {asked.url}")

    page.on("console", console)
    page.on("pageerror", lambda error: faults.append(f"uncaught: {error}"))
    page.on("request", request)
    return page


def ready(page: Page) -> Page:
    """Waits until the scripts run: before that, keys and drags mean nothing."""
    page.locator("html[data-ready] .live[data-state=on]").first.wait_for(state="attached")
    return page


def card(page: Page, lead: str) -> Locator:
    return page.locator(f'.card[data-id="{lead}"]')


def column(page: Page, stage: str) -> Locator:
    return page.locator(f'.col[data-stage="{stage}"]')


def drag(page: Page, what: Locator, to: Locator) -> None:
    """Drags with real pointer moves; the target is measured late, as it may slide in."""
    what.scroll_into_view_if_needed()
    box = what.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 12)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + 30, box["y"] + 40, steps=4)
    to.wait_for(state="visible")
    expect(to).to_be_in_viewport()
    spot = to.bounding_box()
    page.mouse.move(
        spot["x"] + min(spot["width"] / 2, 80), spot["y"] + min(spot["height"] / 2, 90), steps=10
    )
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.mouse.up()


def choose(page: Page, text: str) -> None:
    """Picks an entry of the list that is open: the palette, or a stage or owner picker."""
    page.get_by_role("option", name=re.compile(re.escape(text), re.IGNORECASE)).first.click()


def undo(page: Page) -> None:
    page.locator("#toasts .toast").get_by_role("button", name="Undo").last.click()
