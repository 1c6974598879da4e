"""A platform operator looks into a company: in by a browser, under a banner, and out again."""

import os
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser import NARROW, WIDE, context, watch
from product import API, Company, Server, create_company, iperform

# Where pictures go, if they are wanted.
PICTURES = os.environ.get("IPERFORM_PICTURES")
PASSWORD = "orchard lantern seventeen"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A company that is looked at, and one that the operator is of."""
    folder = tmp_path_factory.mktemp("break-glass")
    data = folder / "data"
    data.mkdir()
    looked, home = create_company(data, "Quay Trading"), create_company(data, "House")
    secret = folder / "password"
    secret.write_text(PASSWORD + "\n")
    words = iperform(
        "operator", "create", "--data", str(data), "--tenant", home.tenant, "--name",
        "Olga Berg", "--email", "olga@example.com", "--password-file", str(secret))
    assert words.strip() == "Olga Berg is a platform operator now."
    with Server(data) as server:
        with closing(API(server.base, looked)) as api:
            api.ok("POST", "/leads", json={"company": "Hartmann"})
        yield server, looked, Company(home.tenant, "olga@example.com", PASSWORD)


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png")


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_in_and_out(browser, place, faults, size):
    server, looked, olga = place
    made = context(browser, server.base, size)
    page = watch(made.new_page(), faults)
    page.goto("/sign-in")
    for name, value in olga.credentials.items():
        page.locator(f"#sign-in [name={name}]").fill(value)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/break-glass")
    page.locator("html[data-ready]").wait_for()
    picture(page, f"operator-{size[0]}")
    page.get_by_role("button", name="Break the glass").click()
    box = page.get_by_role("dialog", name="Break the glass")
    box.get_by_label("Company").fill(looked.tenant)
    box.get_by_label("Reason").fill("Ticket 4711: totals differ")
    box.get_by_label("Your password").fill("not her password")
    box.get_by_role("button", name="Let me in").click()
    expect(box.get_by_text("This is not your password.")).to_be_visible()
    picture(page, f"way-in-{size[0]}")
    box.get_by_label("Your password").fill(olga.password)
    box.get_by_role("button", name="Let me in").click()
    page.wait_for_url("**/today")

    page.goto("/pipeline")
    page.locator("html[data-ready]").wait_for()
    banner = page.get_by_text("Break-glass access to Quay Trading until")
    expect(banner).to_be_visible()
    expect(page.get_by_text("Hartmann")).to_be_visible()
    picture(page, f"inside-{size[0]}")
    page.keyboard.press("c")
    expect(page.locator("#new-lead")).to_have_count(0)
    page.get_by_text("Hartmann").click()
    page.locator("#drawer[open] [data-part=timeline]").wait_for()
    expect(page.locator("#drawer #log")).to_have_count(0)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="End").click()
    page.wait_for_url("**/break-glass")
    expect(page.get_by_text("Ended").first).to_be_visible()
    picture(page, f"over-{size[0]}")
    made.close()


def test_the_company_sees_it_and_forbids_it(browser, place, faults):
    server, looked, _ = place
    made = context(browser, server.base)
    page = watch(made.new_page(), faults)
    page.goto("/sign-in?next=/break-glass")
    for name, value in looked.credentials.items():
        page.locator(f"#sign-in [name={name}]").fill(value)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/break-glass")
    page.locator("html[data-ready]").wait_for()
    expect(page.get_by_text("Olga Berg").first).to_be_visible()
    picture(page, "company-1440")
    page.get_by_role("button", name="Forbid").click()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Forbidden", exact=True)).to_be_visible()
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_role("button", name="Forbid")).to_be_visible()
    made.close()
