"""Handing on, by keyboard: leads to share, tasks to hand over, and all of who leaves."""

from contextlib import closing

import pytest
from playwright.sync_api import expect

from browser import ready
from product import API, Company
from test_accessibility import expect_no_violation

PASSWORD = "harvest moon over nine hills"


@pytest.fixture(scope="module")
def colleagues(api) -> dict[str, dict]:
    made = {}
    for name, role in (("Priya Nair", "salesperson"), ("Tom Hale", "salesperson")):
        made[name.split()[0]] = api.ok("POST", "/users", json={
            "name": name, "email": f"{name.split()[0].lower()}@harbor.example", "role": role,
            "password": PASSWORD})
    return made


def choose(page, text: str) -> None:
    page.get_by_role("option", name=text).wait_for()
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_a_lead_is_shared_with_its_credit_and_its_end(open_page, api, colleagues):
    lead = api.lead("Credit Foods", email="a@credit.example")["id"]
    page = ready(open_page(f"/leads/{lead}"))
    page.locator("[data-pick-share]").focus()
    page.keyboard.press("Enter")
    choose(page, "A co-owner, who works it too")
    choose(page, "Priya Nair")
    dialog = page.locator("#share")
    expect(dialog.locator("[name=credit_bp]")).to_be_focused()
    page.keyboard.type("120")
    expect(dialog).to_contain_text("Write a percentage up to 100 %")
    page.keyboard.press("Enter")
    expect(dialog.locator("[name=credit_bp]")).to_have_attribute("aria-invalid", "true")
    expect_no_violation(page)
    page.keyboard.press("Control+a")
    page.keyboard.type("12.25")
    expect(dialog).to_contain_text("The owner keeps 87.75 %")
    dialog.locator("[name=until]").fill("2031-03-05")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.locator("#toasts")).to_contain_text("shared with Priya Nair")
    (share,) = api.ok("GET", f"/leads/{lead}/shares")["data"]
    assert (share["credit_bp"], share["relation"]) == (1225, "co_owner")
    assert share["until"].startswith("2031-03-0")


def test_a_task_is_handed_over_and_taken_back(open_page, api, colleagues):
    lead = api.lead("Task Foods", email="a@task.example")["id"]
    api.ok("POST", f"/leads/{lead}/follow-ups", json={
        "kind": "call", "at": "2031-03-05T10:00:00Z"})
    page = ready(open_page(f"/leads/{lead}"))
    page.locator("[data-hand-over]").focus()
    page.keyboard.press("Enter")
    choose(page, "Tom Hale")
    expect(page.locator("#share [name=until]")).to_be_focused()
    expect(page.locator("#share [name=credit_bp]")).to_be_hidden()
    page.keyboard.press("Enter")
    planned = page.locator("[data-part=follow-ups]")
    expect(planned).to_contain_text("Handed to Tom Hale")
    (share,) = api.ok("GET", f"/leads/{lead}/shares")["data"]
    assert share["follow_up"] and share["relation"] == "warrior"
    planned.get_by_role("button", name="Take back").press("Enter")
    expect(planned).not_to_contain_text("Handed to")
    assert api.ok("GET", f"/leads/{lead}/shares")["data"] == []


def test_a_colleagues_call_is_told_before_the_next(open_page, api, server, harbor, colleagues):
    priya = Company(harbor.tenant, "priya@harbor.example", PASSWORD)
    with closing(API(server.base, priya)) as hers:
        lead = hers.lead("Told Foods", email="a@told.example")["id"]
        hers.ok("POST", f"/leads/{lead}/activities", json={
            "kind": "call", "outcome": "no_answer"})
    page = ready(open_page(f"/leads/{lead}"))
    expect(page.locator("#log")).to_contain_text("Priya Nair called just now: “No answer”")
    expect_no_violation(page)


def test_who_leaves_hands_over(open_page, api, server, harbor, colleagues):
    tom = Company(harbor.tenant, "tom@harbor.example", PASSWORD)
    with closing(API(server.base, tom)) as his:
        lead = his.lead("Left Foods", email="a@left.example")["id"]
    page = ready(open_page("/settings/users"))
    page.get_by_role("button", name="Deactivate Tom Hale").press("Enter")
    dialog = page.locator("#user-leave")
    expect(dialog).to_contain_text("1 open lead")
    expect(dialog.get_by_label("To their manager")).to_be_disabled()
    expect(dialog.locator("[value=user]")).to_be_focused()
    expect_no_violation(page)
    page.keyboard.press("ArrowUp")
    expect(dialog.locator("[value=rules]")).to_be_checked()
    page.keyboard.press("ArrowDown")
    expect(dialog.locator("[value=user]")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.type("Priya")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(dialog.get_by_role("button", name="Deactivate")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.locator("tr.off", has_text="Tom Hale")).to_be_visible()
    assert api.ok("GET", f"/leads/{lead}")["owner"] == colleagues["Priya"]["id"]
