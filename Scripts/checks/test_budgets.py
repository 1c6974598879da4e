"""What a page may cost. Counts and bytes only: clocks lie on a shared machine."""

import pytest

from browser import WIDE, ready

KB = 1024
PAGES = ["/today", "/pipeline", "/leads", "/inbox", "/customers"]


def visit(page, path: str) -> tuple[int, int]:
    """Requests and bytes on the wire for one visit, the live stream apart."""
    client = page.context.new_cdp_session(page)
    client.send("Network.enable")
    sizes: list[int] = []
    client.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(path)
    ready(page)
    client.detach()
    sent = [size for size in sizes if size]  # nothing travels for what the cache holds
    return len(sent), sum(sent)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_keeps_its_budget(open_page, path):
    page = open_page("/developers", company="demo", size=WIDE)
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    requests, size = visit(page, path)
    assert size <= 160 * KB, f"cold: {size / KB:.0f} KB"
    assert requests <= 14, f"cold: {requests} requests"
    requests, size = visit(page, path)
    assert size <= 25 * KB, f"warm: {size / KB:.0f} KB"
    assert requests <= 3, f"warm: {requests} requests"
    nodes = page.evaluate("document.querySelectorAll('*').length")
    assert nodes <= 3_500, f"{nodes} elements"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_the_narrowest_phone(open_page, path):
    page = open_page(path, company="demo", size=(320, 640))
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0, f"the page scrolls {overflow} px sideways"
