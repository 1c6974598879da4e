"""What the checks stand on: one server with two companies, one browser, fresh pages."""

from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

import browser as chromium
from product import API, Company, Server, create_company, create_demo


@pytest.fixture(scope="session")
def companies(tmp_path_factory) -> dict[str, Company]:
    data = tmp_path_factory.mktemp("product") / "data"
    data.mkdir()
    return {
        "data": data,
        "demo": create_demo(data),
        "harbor": create_company(data, "Harbor Trading"),
    }


@pytest.fixture(scope="session")
def server(companies):
    with Server(companies["data"]) as running:
        yield running


@pytest.fixture(scope="session")
def demo(companies) -> Company:
    """The generated company: several hundred leads, all stages and sources."""
    return companies["demo"]


@pytest.fixture(scope="session")
def harbor(companies) -> Company:
    """A company with nobody but its admin, for checks that count."""
    return companies["harbor"]


@pytest.fixture(scope="session")
def api(server, harbor) -> API:
    with closing(API(server.base, harbor)) as client:
        yield client


@pytest.fixture(scope="session")
def demo_api(server, demo) -> API:
    with closing(API(server.base, demo)) as client:
        yield client


@pytest.fixture(scope="session")
def browser() -> Browser:
    with sync_playwright() as playwright:
        launched = chromium.launch(playwright)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def sessions(browser, server, demo, harbor) -> dict:
    """Signs in once for each company; every page starts from these cookies."""
    states = {}
    for name, company in (("demo", demo), ("harbor", harbor)):
        context = chromium.context(browser, server.base)
        chromium.sign_in(context.new_page(), company)
        states[name] = context.storage_state()
        context.close()
    return states


@pytest.fixture
def faults() -> list[str]:
    """Must be empty when the test ends."""
    found: list[str] = []
    yield found
    assert not found, "\n".join(found)


@pytest.fixture
def open_page(browser, server, sessions, faults):
    """Opens a signed-in page: `open_page("/pipeline", size=NARROW, scheme="dark")`."""
    contexts = []

    def open_page(path: str, company="harbor", size=chromium.WIDE, scheme="light") -> Page:
        context = chromium.context(
            browser, server.base, size, scheme, storage_state=sessions.get(company)
        )
        contexts.append(context)
        page = chromium.watch(context.new_page(), faults)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
