"""axe-core on every page, light and dark, wide and narrow: nothing found."""

import pytest
from axe_playwright_python.base import AXE_FILE_PATH

from browser import NARROW, WIDE, context, ready, watch

AXE = AXE_FILE_PATH.read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = [
    "/today", "/pipeline", "/leads", "lead", "/customers", "/import", "/inbox", "/developers",
    "/settings/users", "/settings/roles", "/settings/teams", "/settings/stages", "/settings/fields",
    "/settings/assignment", "/settings/forms", "/settings/keys", "/settings/sign-in",
    "/account/security", "/jobs", "/outbox", "/audit", "/nowhere",
]
LOOKS = [
    pytest.param(size, scheme, id=f"{size[0]}-{scheme}")
    for size in (WIDE, NARROW) for scheme in ("light", "dark")
]
looks = pytest.mark.parametrize("size, scheme", LOOKS)


def expect_no_violation(page) -> None:
    page.evaluate(AXE)
    result = page.evaluate("(tags) => axe.run(document, { runOnly: tags })", TAGS)
    assert result["passes"], "axe looked at nothing"
    found = [
        f"{fault['id']} ({fault['impact']}) {node['target']}: {node['failureSummary']}"
        for fault in result["violations"] for node in fault["nodes"]
    ]
    assert not found, "\n".join(found)


@pytest.fixture(scope="session")
def a_lead(demo_api) -> str:
    """A lead in the middle of the pipeline, where every part of its page is filled."""
    found = demo_api.ok("GET", "/leads", params={"filter[stage]": "demo_given", "limit": "1"})
    return found["data"][0]["id"]


@looks
@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_barrier(open_page, a_lead, path, size, scheme):
    path = f"/leads/{a_lead}" if path == "lead" else path
    page = open_page(path, company="demo", size=size, scheme=scheme)
    page.wait_for_load_state("load")
    expect_no_violation(page)
    assert page.locator("h1:visible").count() == 1
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0, f"the page scrolls {overflow} px sideways"


@looks
@pytest.mark.parametrize("state", ["drawer", "palette", "new lead", "shortcuts", "menu"])
def test_what_opens_above_a_page_has_no_barrier(open_page, a_lead, state, size, scheme):
    page = ready(open_page("/pipeline", company="demo", size=size, scheme=scheme))
    if state == "drawer":
        page.locator(".card").first.focus()
        page.keyboard.press("Enter")
        page.locator("#drawer[open] [data-part=timeline]").wait_for()
    elif state == "palette":
        page.keyboard.press("Control+k")
        page.locator("#palette[open]").wait_for()
    elif state == "new lead":
        page.keyboard.press("c")
        page.locator("#new-lead[open]").wait_for()
    elif state == "shortcuts":
        page.keyboard.press("?")
        page.locator("#sheet[open]").wait_for()
    else:
        page.locator(".chip[popovertarget]").first.click()
        page.locator(".menu:popover-open").wait_for()
    expect_no_violation(page)


@looks
@pytest.mark.parametrize("path", ["/sign-in", "/forgot", "/welcome/nothing", "form"])
def test_a_page_without_a_session_has_no_barrier(browser, server, demo_api, faults, path, size, scheme):
    if path == "form":
        body = {"name": f"axe {size[0]} {scheme}", "origins": []}
        path = f"/f/{demo_api.ok('POST', '/forms', json=body)['token']}"
    page = watch(context(browser, server.base, size, scheme).new_page(), faults)
    page.goto(path)
    expect_no_violation(page)
    page.context.close()
