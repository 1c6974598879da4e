"""The second step of the sign-in: by keyboard alone, and against another implementation."""

import time

import pyotp
import pytest
from playwright.sync_api import Page, expect

from browser import context, ready, watch
from product import API, Company, Server, create_company


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A company of its own: others sign in without a code."""
    data = tmp_path_factory.mktemp("second-step") / "data"
    data.mkdir()
    company = create_company(data, "Quay Trading")
    with Server(data) as server:
        yield server, company


def tab_to(page: Page, name: str) -> None:
    """Reaches a control by Tab, as somebody without a mouse does."""
    for _ in range(80):
        page.keyboard.press("Tab")
        label = page.evaluate(
            "() => { const el = document.activeElement;"
            " return (el.getAttribute('aria-label') || el.innerText || '').trim(); }")
        if label == name:
            return
    raise AssertionError(f"Tab does not reach “{name}”")


def sign_in(page: Page, company: Company) -> None:
    """Types the three fields; the focus is on the first that is empty."""
    expect(page.locator("[name=tenant]")).to_be_focused()
    for number, value in enumerate(company.credentials.values()):
        if number:
            page.keyboard.press("Tab")
        page.keyboard.type(value)
    page.keyboard.press("Enter")


def fresh(totp: pyotp.TOTP, used: str) -> str:
    """A code that was not used yet, and will be good for a while."""
    while totp.now() == used or totp.interval - time.time() % totp.interval < 3:
        time.sleep(0.2)
    return totp.now()


def test_set_up_and_signed_in_by_keyboard_alone(browser, place, faults):
    server, company = place
    made = context(browser, server.base)
    page = watch(made.new_page(), faults)
    page.goto("/sign-in?next=/account/security")
    sign_in(page, company)
    page.wait_for_url("**/account/security")
    ready(page)
    tab_to(page, "Set up")
    page.keyboard.press("Enter")
    secret = page.get_by_label("Secret", exact=True)
    expect(secret).to_be_visible()
    totp = pyotp.TOTP(secret.inner_text().replace(" ", ""))
    tab_to(page, "Enter the code")
    page.keyboard.press("Enter")
    expect(page.locator("#totp-confirm [name=code]")).to_be_focused()
    code = fresh(totp, "")
    page.keyboard.type("000000" if code != "000000" else "111111")
    page.keyboard.press("Enter")
    expect(page.locator("#totp-confirm .err").filter(visible=True)).to_be_visible()
    page.keyboard.press("Control+a")
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    told = page.locator("#totp-once code")
    expect(told).to_be_visible()
    recovery = told.inner_text().split()
    assert len(set(recovery)) == 10
    tab_to(page, "I have kept it")
    page.keyboard.press("Enter")
    expect(page.get_by_text("10 of 10 recovery codes")).to_be_visible()
    made.close()

    made = context(browser, server.base)
    page = watch(made.new_page(), faults)
    page.goto("/sign-in")
    sign_in(page, company)
    field = page.locator("#sign-in [name=code]")
    expect(field).to_be_focused()
    page.keyboard.type(code)  # used already
    page.keyboard.press("Enter")
    expect(page.get_by_text("was used already")).to_be_visible()
    expect(field).to_be_focused()
    page.keyboard.type(fresh(totp, code))
    page.keyboard.press("Enter")
    page.wait_for_url("**/today")
    made.close()

    made = context(browser, server.base)
    page = watch(made.new_page(), faults)
    page.goto("/sign-in")
    sign_in(page, company)
    expect(page.locator("#sign-in [name=code]")).to_be_focused()
    page.keyboard.type(recovery[0])
    page.keyboard.press("Enter")
    page.wait_for_url("**/today")
    made.close()


def test_codes_of_another_implementation_are_taken(place):
    server, _ = place
    company = create_company(server.data, "Pier Trading")
    api = API(server.base, company)
    begun = api.ok("POST", "/me/totp")
    parsed = pyotp.parse_uri(begun["address"])
    assert isinstance(parsed, pyotp.TOTP)
    assert parsed.secret == begun["secret"]
    assert parsed.name == company.email and parsed.issuer == "Pier Trading"
    code = fresh(parsed, "")
    told = api.ok("POST", "/me/totp/confirmation", json={"code": code})
    assert len(told["recovery_codes"]) == 10

    asked = api.request("POST", "/tokens", json=company.credentials)
    assert asked.status_code == 401
    assert asked.json()["type"] == "/developers#code-needed"
    again = api.request("POST", "/tokens", json=company.credentials | {"code": code})
    assert again.status_code == 401, "a code is good once"
    code = fresh(parsed, code)
    assert api.ok("POST", "/tokens", json=company.credentials | {"code": code})["access_token"]
    # A clock that is half a minute ahead is still understood.
    ahead = parsed.at(int(time.time()) + parsed.interval)
    assert api.ok("POST", "/tokens", json=company.credentials | {"code": ahead})["access_token"]
    api.close()
