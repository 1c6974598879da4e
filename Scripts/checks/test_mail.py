"""Invitations and forgotten passwords, through a mail server and a browser."""

import re
import time
from contextlib import closing
from email.utils import parsedate_to_datetime

import pytest
from playwright.sync_api import expect

import browser as chromium
from certificates import Authority
from mailserver import PASSWORD, USER, MailServer
from product import API, Server, create_company
from test_accessibility import expect_no_violation, looks

NAME = "Käse & Söhne <Vantage>"


@pytest.fixture(scope="module")
def post(tmp_path_factory):
    """A server that hands its mail to a relay which asks for TLS and a sign-in."""
    folder = tmp_path_factory.mktemp("mail")
    authority = Authority(folder / "tls", "Mail authority")
    data = folder / "data"
    data.mkdir()
    company = create_company(data, NAME)
    with MailServer(authority.server("localhost")) as mailbox:
        environment = {
            "IPERFORM_SMTP": f"smtp://{USER.replace('@', '%40')}@localhost:{mailbox.port}"
                             f"?ca={authority.own.certificate}",
            "IPERFORM_SMTP_PASSWORD": PASSWORD,
            "IPERFORM_MAIL_FROM": f"{NAME.split()[0]} <{USER}>",
        }
        with Server(data, environment=environment) as server:
            with closing(API(server.base, company)) as api:
                yield server, mailbox, api, company


def arrived(mailbox: MailServer, count: int):
    deadline = time.monotonic() + 20
    while len(mailbox.got) < count and time.monotonic() < deadline:
        time.sleep(0.05)
    return mailbox.newest(count)


def link(message) -> str:
    text = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    found = re.search(r"https?://\S+/(?:welcome|reset)/\S+", text).group(0)
    assert f'href="{found}"' in html
    return found


def test_an_invitation_arrives_as_mail_should(post):
    server, mailbox, api, company = post
    api.ok("POST", "/users", json={
        "name": "Zoë", "email": "zoe@vantage.example", "role": "salesperson"})
    message = arrived(mailbox, 1)
    envelope = mailbox.got[0][0]
    assert envelope.mail_from == USER and envelope.rcpt_tos == ["zoe@vantage.example"]
    assert message["Subject"] == f"Your invitation to {NAME}"
    assert message["To"] == "zoe@vantage.example"
    assert message["From"].addresses[0].display_name == "Käse"
    assert message["Auto-Submitted"] == "auto-generated"
    assert abs(parsedate_to_datetime(message["Date"]).timestamp() - time.time()) < 300
    assert re.fullmatch(r"<[0-9a-f-]{36}@vantage\.example>", message["Message-ID"])
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert not message.defects
    assert "Welcome, Zoë" in message.get_body(("html",)).get_content()
    assert NAME in message.get_body(("plain",)).get_content()
    assert max(map(len, envelope.content.split(b"\r\n"))) <= 78
    assert link(message).startswith(server.base)
    (sent,) = api.ok("GET", "/outbox")["data"]
    assert (sent["state"], sent["text"]) == ("sent", None)
    log = server.log.read_text()
    assert link(message).split("/")[-1] not in log and PASSWORD not in log


@looks
def test_the_pages_have_no_barrier(post, browser, faults, size, scheme):
    server, mailbox, api, company = post
    welcome = link(mailbox.got[0][1])
    context = chromium.context(browser, server.base, size, scheme)
    page = chromium.watch(context.new_page(), faults)
    for path in (welcome, "/forgot", "/reset/nothing"):
        page.goto(path)
        expect_no_violation(page)
    chromium.sign_in(page, company)
    for path in ("/outbox", "/settings/users"):
        page.goto(path)
        expect_no_violation(page)
        overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert overflow <= 0, f"{path} scrolls {overflow} px sideways"
    context.close()


def test_invited_by_the_page_chooses_a_password_and_is_in(post, browser, faults):
    server, mailbox, api, company = post
    context = chromium.context(browser, server.base)
    page = chromium.watch(context.new_page(), faults)
    chromium.sign_in(page, company)
    page.goto("/settings/users")
    chromium.ready(page)
    page.get_by_role("button", name="Invite user").click()
    dialog = page.locator("#user-add")
    dialog.get_by_label("Name").fill("Uma")
    dialog.get_by_label("Email").fill("uma@vantage.example")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    row = page.get_by_role("row").filter(has_text="uma@vantage.example")
    expect(row).to_contain_text("Invited until")
    address = link(arrived(mailbox, 2))
    context.close()

    guest = chromium.context(browser, server.base)
    page = chromium.watch(guest.new_page(), faults)
    page.goto(address)
    expect(page.get_by_label("Your name")).to_have_value("Uma")
    expect(page.get_by_label("Password")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("Uma Rao")
    page.keyboard.press("Tab")
    page.keyboard.type("short")
    page.keyboard.press("Enter")
    expect(page.get_by_text("A password has")).to_be_visible()
    page.get_by_label("Password").fill("a long enough one")
    page.keyboard.press("Enter")
    page.wait_for_url("**/today")
    expect(page.get_by_text("Uma Rao").first).to_be_visible()
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("This link no longer works")
    guest.close()


def test_forgot_leads_to_a_new_password(post, browser, faults):
    server, mailbox, api, company = post
    context = chromium.context(browser, server.base)
    page = chromium.watch(context.new_page(), faults)
    page.goto("/sign-in")
    page.get_by_role("link", name="Forgot your password?").click()
    page.get_by_label("Company").fill(company.tenant)
    page.keyboard.press("Tab")
    page.keyboard.type(company.email)
    page.keyboard.press("Enter")
    expect(page.get_by_text("a link is on its way")).to_be_focused()
    page.goto(link(arrived(mailbox, 3)))
    page.keyboard.type("quite another password")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in?**")
    expect(page.get_by_label("Email")).to_have_value(company.email)
    page.keyboard.type("quite another password")
    page.keyboard.press("Enter")
    page.wait_for_url("**/today")
    told = arrived(mailbox, 4)
    assert "was changed" in told["Subject"]
    context.close()


def test_a_relay_with_a_foreign_certificate_gets_nothing(tmp_path):
    authority = Authority(tmp_path / "one", "One")
    other = Authority(tmp_path / "other", "Other")
    data = tmp_path / "data"
    data.mkdir()
    company = create_company(data, "Harbor")
    with MailServer(authority.server("localhost")) as mailbox:
        environment = {
            "IPERFORM_SMTP": f"smtp://localhost:{mailbox.port}?ca={other.own.certificate}",
            "IPERFORM_MAIL_FROM": USER,
        }
        with Server(data, environment=environment) as server:
            with closing(API(server.base, company)) as api:
                api.ok("POST", "/users", json={
                    "name": "Zoë", "email": "zoe@vantage.example", "role": "salesperson"})
                deadline = time.monotonic() + 20
                message = api.ok("GET", "/outbox")["data"][0]
                while not message["tries"] and time.monotonic() < deadline:
                    time.sleep(0.1)
                    message = api.ok("GET", "/outbox")["data"][0]
    assert message["state"] == "queued" and "certificate" in message["error"].lower()
    assert mailbox.got == []
