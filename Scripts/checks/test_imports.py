"""A file becomes leads and is taken back, as a person does it; and what we write, read by others."""

import io
import json
import xml.etree.ElementTree as XML

import openpyxl
from playwright.sync_api import expect

from browser import ready

LEADS = [
    {"Compnay": "Quarry Foods", "E-mail": "hello@quarry.example", "Product": "Basic"},
    {"Compnay": "Ridge Motors", "E-mail": "not an address", "Product": "Basic"},
]
NEWS = [{"Compnay": "Quarry Foods", "E-mail": "hello@quarry.example", "Product": "Pro"}]


def upload(page, name: str, records: list[dict]) -> None:
    page.goto("/import")
    ready(page)
    file = {"name": name, "mimeType": "application/json", "buffer": json.dumps(records).encode()}
    page.locator("#upload input").set_input_files(file)
    page.wait_for_url("**/import/*-*")
    expect(page.locator(".map-row").first).to_be_visible()


def picked(page, column: str):
    return page.locator(f'.map-row[data-column="{column}"] .map-pick select')


def run(page, rows: str) -> None:
    page.get_by_role("button", name="Check the rows").click()
    page.get_by_role("button", name=f"Import {rows}").click()
    expect(page.get_by_role("heading", name="Imported")).to_be_visible(timeout=30_000)


def test_a_json_file_is_mapped_checked_run_and_taken_back(open_page, api):
    page = open_page("/import")
    upload(page, "leads.json", LEADS)
    # The slip in the header is no obstacle.
    expect(picked(page, "Compnay")).to_have_value("company")
    expect(picked(page, "E-mail")).to_have_value("email")
    page.locator("[name=save_as]").fill("Quarry list")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Quarry list")
    run(page, "1 row")
    download = page.get_by_role("link", name="Download the rejected rows")
    assert download.get_attribute("href").endswith("/errors.json")
    (lead,) = api.leads_named("Quarry Foods")

    upload(page, "news.json", NEWS)
    expect(page.locator("[name=saved] option:checked")).to_have_text("Quarry list")
    page.locator("[name=on_match]").select_option("update")
    page.get_by_role("button", name="Check the rows").click()
    changed = page.locator(".row-change")
    expect(changed).to_contain_text("Product")
    expect(changed.locator("del")).to_have_text("Basic")
    expect(changed.locator("ins")).to_have_text("Pro")
    page.get_by_role("button", name="Import 1 row").click()
    expect(page.get_by_role("heading", name="Imported")).to_be_visible(timeout=30_000)
    assert api.leads_named("Quarry Foods")[0]["product"] == "Pro"

    # With the keyboard alone, and not by one slip.
    page.get_by_role("button", name="Take the import back").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Take it back")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Taken back")).to_be_visible(timeout=30_000)
    (again,) = api.leads_named("Quarry Foods")
    assert (again["product"], again["id"]) == ("Basic", lead["id"])
    assert api.ok("GET", "/inbox/ledger")["balanced"]


def test_texts_of_a_column_stand_for_others_and_are_kept_with_the_mapping(open_page, api):
    page = open_page("/import")
    records = [{"Company": "Slate Works", "Product": "POS"}, {"Company": "Till Ltd", "Product": "X"}]
    upload(page, "values.json", records)
    row = page.locator('.map-row[data-column="Product"]')
    row.locator("summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Point of sale")
    expect(row.locator('[data-instead="POS"]')).to_have_value("Point of sale")
    # Of a column with other fields behind it there is nothing to change.
    expect(page.locator('.map-row[data-column="Company"] .map-texts')).to_be_hidden()
    page.locator("[name=save_as]").fill("With values")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("With values")
    run(page, "2 rows")
    assert api.leads_named("Slate Works")[0]["product"] == "Point of sale"
    assert api.leads_named("Till Ltd")[0]["product"] == "X"
    upload(page, "values.json", records)
    expect(row.locator('[data-instead="POS"]')).to_have_value("Point of sale")
    expect(row.locator('[data-instead="X"]')).to_have_value("")


def test_what_we_write_is_read_by_others(api):
    workbook = openpyxl.load_workbook(io.BytesIO(api.get("/imports/template.xlsx").content))
    header = [cell.value for cell in next(workbook.active.rows)]
    assert header[:3] == ["Company", "Contact name", "Email"]
    assert list(json.loads(api.get("/imports/template.json").text)[0])[:2] == header[:2]
    (row,) = XML.fromstring(api.get("/imports/template.xml").text)
    assert [field.tag for field in row][:3] == ["Company", "Contact_name", "Email"]
