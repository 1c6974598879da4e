"""Sign-in by an identity provider that others have written, through a browser."""

import logging
import re
import threading
from contextlib import closing
from urllib.parse import parse_qs, urlsplit
from wsgiref.simple_server import WSGIRequestHandler, make_server

import httpx
import pytest
from playwright.sync_api import Page, expect

import browser as chromium
from product import API, Server, create_company, iperform
from test_accessibility import expect_no_violation

NAMES = {"mia@vantage.example": "Mia", "pia@vantage.example": "Pia"}


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


class Provider:
    """`oidc-provider-mock` on a port of loopback, as a `with` block. It keeps what it was asked."""

    def __enter__(self) -> "Provider":
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import oidc_provider_mock

        logging.getLogger("oidc_provider_mock").setLevel(logging.ERROR)
        app = oidc_provider_mock.app(require_nonce=True)
        self.asked: list[dict[str, str]] = []

        def kept(environment, start):
            if environment["PATH_INFO"].endswith("/authorize"):
                query = parse_qs(environment["QUERY_STRING"])
                self.asked.append({name: values[0] for name, values in query.items()})
            return app(environment, start)

        self._server = make_server("127.0.0.1", 0, kept, handler_class=Quiet)
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def knows(self, subject: str, email: str, verified: bool = True) -> None:
        answer = httpx.put(
            f"{self.issuer}/users/{subject}", trust_env=False,
            json={"email": email, "email_verified": verified})
        assert answer.is_success, answer.text


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A company whose people sign in by a provider beside it."""
    data = tmp_path_factory.mktemp("openid") / "data"
    data.mkdir()
    company = create_company(data, "Käse & Söhne")
    environment = {"IPERFORM_TRUSTS_LOCAL_PROVIDERS": "true"}
    with Provider() as provider, Server(data, environment=environment) as server:
        with closing(API(server.base, company)) as api:
            for email, name in NAMES.items():
                api.ok("POST", "/users", json={
                    "name": name, "email": email, "role": "salesperson"})
            provider.knows("subject-mia", "mia@vantage.example")
            provider.knows("subject-nobody", "nobody@vantage.example")
            provider.knows("subject-pia", "pia@vantage.example", verified=False)
            yield server, provider, api, company


def settings(page: Page) -> None:
    page.goto("/settings/sign-in")
    chromium.ready(page)


def set_up(page: Page, provider: Provider) -> None:
    """As an admin does, in the settings."""
    settings(page)
    page.get_by_role("button", name="Set up").click()
    box = page.locator("#openid[open]")
    box.locator("[name=issuer]").fill(f"{provider.issuer}/")
    box.locator("[name=client_id]").fill("iperform")
    box.locator("[name=client_secret]").fill("a secret")
    box.locator("[name=label]").fill("Vantage ID")
    box.get_by_role("button", name="Save").click()
    expect(box.locator(".err").filter(visible=True)).to_contain_text("Give the issuer exactly so")
    box.locator("[name=issuer]").fill(provider.issuer)
    box.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The identity provider is set").first).to_be_visible()
    expect(page.locator(".facts")).to_contain_text(provider.issuer)


def outside(browser, server):
    """Somebody's browser, which leaves our site for the provider's: its looks are not fetched."""
    made = chromium.context(browser, server.base)
    made.route(re.compile("^https://"), lambda route: route.abort())
    return made, made.new_page()


def at_provider(page: Page, subject: str) -> None:
    """Gives the provider a subject, as its form asks for one."""
    page.wait_for_url("**/oauth2/authorize*")
    page.locator("input[name=sub]").fill(subject)
    page.locator("form").filter(has=page.locator("input[name=sub]")).locator(
        "button[type=submit], input[type=submit]").first.click()


def test_set_up_signed_in_and_refused(browser, place, faults):
    server, provider, api, company = place
    made = chromium.context(browser, server.base)
    page = chromium.watch(made.new_page(), faults)
    chromium.sign_in(page, company)
    set_up(page, provider)
    shown = api.ok("GET", "/sign-in/openid")
    assert shown["redirect_uri"].endswith(f"/sign-in/openid/{company.tenant}")
    assert "secret" not in str(shown)
    made.close()

    made, page = outside(browser, server)
    page.goto("/sign-in?next=/leads")
    button = page.get_by_role("button", name="Continue with Vantage ID")
    expect(button).to_be_hidden()
    page.keyboard.type(company.tenant)
    page.keyboard.press("Tab")
    expect(button).to_be_visible()
    expect_no_violation(page)
    button.click()
    at_provider(page, "subject-mia")
    page.wait_for_url("**/leads")
    asked = provider.asked[-1]
    assert asked["code_challenge_method"] == "S256" and len(asked["code_challenge"]) == 43
    assert asked["state"] != asked["nonce"] and len(asked["nonce"]) == 43
    assert set(asked["scope"].split()) >= {"openid", "email"}
    names = {cookie["name"]: cookie for cookie in made.cookies()}
    assert "iperform_openid" not in names and names["iperform_session"]["httpOnly"]
    made.close()

    for subject, words in [
        ("subject-nobody", "Nobody here has the address nobody@vantage.example"),
        ("subject-pia", "has not verified your address pia@vantage.example"),
    ]:
        made, page = outside(browser, server)
        page.goto(f"/sign-in?tenant={company.tenant}")
        page.get_by_role("button", name="Continue with Vantage ID").click()
        at_provider(page, subject)
        expect(page.locator(".notice.bad").filter(visible=True)).to_contain_text(words)
        back = page.url
        page.reload()
        expect(page.locator(".notice.bad").filter(visible=True)).to_contain_text("begun")
        assert urlsplit(back).path == f"/sign-in/openid/{company.tenant}"
        expect_no_violation(page)
        page.goto("/today")
        page.wait_for_url(re.compile("/sign-in"))
        made.close()
    tried = api.ok("GET", "/audit", params={"filter[action]": "sign_in"})["data"]
    ways = [entry["action"] for entry in tried if '"way":"openid"' in entry["detail"]]
    assert sorted(set(ways)) == ["sign_in.failed", "sign_in.succeeded"]


def test_a_company_that_shut_itself_out_is_let_in_by_the_command(place):
    server, _, api, company = place
    away = api.request("PUT", "/sign-in/addresses", json={"addresses": ["203.0.113.0/24"]})
    assert away.status_code == 422 and "127.0.0.1" in away.text
    api.ok("PUT", "/sign-in/addresses", json={"addresses": ["127.0.0.0/8"]})
    assert api.ok("GET", "/me")
    printed = iperform(
        "tenant", "clear-addresses", "--data", str(server.data), "--tenant", company.tenant)
    assert "from anywhere" in printed
    assert api.ok("GET", "/sign-in/addresses") == {"addresses": []}
