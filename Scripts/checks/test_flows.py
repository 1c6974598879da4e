"""A day's work, as a person does it in the browser."""

import re

from playwright.sync_api import expect

from browser import card, choose, column, context, drag, ready, sign_in, undo, watch


def test_a_wrong_password_is_told_and_the_right_one_opens_today(browser, server, harbor, faults):
    page = watch(context(browser, server.base).new_page(), faults)
    page.goto("/pipeline")
    page.wait_for_url(re.compile("/sign-in"))
    for name, value in harbor.credentials.items():
        page.locator(f"#sign-in [name={name}]").fill(value if name != "password" else "not it")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert").filter(visible=True)).to_be_visible()
    sign_in(page, harbor)
    expect(page.get_by_role("heading", level=1)).to_have_text("Today")
    page.context.close()


def test_c_and_four_fields_make_a_lead(open_page, api):
    api.lead("Marker before C", email="marker@c.example")
    page = ready(open_page("/pipeline"))
    page.keyboard.press("c")
    dialog = page.locator("#new-lead")
    expect(dialog).to_be_visible()
    expect(dialog.locator("[name=company]")).to_be_focused()
    page.keyboard.type("Cedar Pharma")
    for value in ("Maya Rao", "Maya@Cedar.example", "+1 212 555 0123"):
        page.keyboard.press("Tab")
        page.keyboard.type(value)
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(column(page, "open").locator(".card", has_text="Cedar Pharma")).to_be_visible()
    (made,) = api.leads_named("Cedar Pharma")
    assert made["email"] == "maya@cedar.example"
    assert made["phone"] == "+12125550123"


def test_a_drag_moves_a_lead_and_undo_brings_it_back(open_page, api):
    lead = api.lead("Drag Foods", email="a@drag.example")["id"]
    page = ready(open_page("/pipeline"))
    drag(page, card(page, lead), column(page, "first_contact").locator(".cards"))
    expect(column(page, "first_contact").locator(f'[data-id="{lead}"]')).to_be_visible()
    undo_button = page.locator("#toasts").get_by_role("button", name="Undo")
    expect(undo_button).to_be_visible()
    assert api.stage(lead) == "first_contact"
    undo(page)
    expect(column(page, "open").locator(f'[data-id="{lead}"]')).to_be_visible()
    assert api.stage(lead) == "open"


def test_shift_and_an_arrow_move_the_focused_lead(open_page, api):
    lead = api.lead("Arrow Motors", email="a@arrow.example")["id"]
    page = ready(open_page("/pipeline"))
    card(page, lead).focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(column(page, "first_contact").locator(f'[data-id="{lead}"]')).to_be_focused()
    expect(page.locator("#status")).to_contain_text("Arrow Motors")
    expect(page.locator("#toasts .toast", has_text="Arrow Motors")).to_be_visible()
    assert api.stage(lead) == "first_contact"


def test_losing_a_lead_asks_for_the_reason(open_page, api):
    lead = api.lead("Lost Dairy", email="a@lost.example")["id"]
    page = ready(open_page("/pipeline"))
    drag(page, card(page, lead), page.locator(".dock [data-outcome=lost]"))
    dialog = page.locator("#ask")
    expect(dialog).to_be_visible()
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_be_visible()  # no reason, no move
    assert api.stage(lead) == "open"
    dialog.get_by_text("Went with competitor").click()
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_be_hidden()
    expect(card(page, lead)).to_have_count(0)
    after = api.ok("GET", f"/leads/{lead}")
    assert (after["stage"], after["lost_reason"]) == ("lost", "competitor")


def test_a_cancelled_question_leaves_the_lead_where_it_was(open_page, api):
    lead = api.lead("Cancel Steel", email="a@cancel.example")["id"]
    page = ready(open_page("/pipeline"))
    drag(page, card(page, lead), page.locator(".dock [data-outcome=lost]"))
    page.locator("#ask").get_by_role("button", name="Cancel").click()
    expect(column(page, "open").locator(f'[data-id="{lead}"]')).to_be_visible()
    assert api.stage(lead) == "open"


def test_one_form_logs_a_call_plans_the_next_step_and_moves_the_stage(open_page, api):
    lead = api.lead("Caller Textiles", email="a@caller.example")["id"]
    page = ready(open_page("/pipeline"))
    posts = []
    page.on("request", lambda asked: posts.append(asked) if asked.method == "POST" else None)
    card(page, lead).focus()
    page.keyboard.press("Enter")
    drawer = page.locator("#drawer[open]")
    expect(drawer.get_by_role("heading", name="Caller Textiles")).to_be_visible()
    page.keyboard.press("l")
    page.keyboard.type("Wants pricing for 40 users")
    drawer.locator("select[name=stage]").select_option("connected")
    drawer.locator("form textarea").first.focus()
    with page.expect_response("**/activities"):
        page.keyboard.press("Control+Enter")
    expect(drawer.locator("[data-part=timeline]")).to_contain_text("Wants pricing for 40 users")
    (post,) = posts
    assert post.url.endswith(f"/leads/{lead}/activities")
    after = api.ok("GET", f"/leads/{lead}")
    assert after["stage"] == "connected"
    assert after["next_follow_up_at"], "the default next step of a call was planned"
    # The form has its answer when it says so.
    expect(page.locator("#toasts .toast", has_text="Logged")).to_be_visible()
    expect(drawer.locator("[data-part=head]")).to_have_attribute("data-stage", "connected")
    expect(column(page, "connected").locator(f'[data-id="{lead}"]')).to_be_visible()
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(card(page, lead)).to_be_focused()


def test_a_field_is_edited_where_it_stands(open_page, api):
    lead = api.lead("Edit Polymers", email="a@edit.example")["id"]
    page = ready(open_page(f"/leads/{lead}"))
    page.locator('.fld[data-name="contact_name"] button').click()
    expect(page.locator('.fld[data-name="contact_name"] input')).to_be_focused()
    page.keyboard.type("Grace Bennett")
    page.keyboard.press("Enter")
    expect(page.locator('.fld[data-name="contact_name"]')).to_contain_text("Grace Bennett")
    expect(page.locator("#toasts").get_by_role("button", name="Undo")).to_be_visible()
    assert api.ok("GET", f"/leads/{lead}")["contact_name"] == "Grace Bennett"


def test_a_bulk_move_can_be_undone(open_page, api):
    leads = [api.lead(f"Bulk {n}", email=f"{n}@bulk.example")["id"] for n in range(3)]
    page = ready(open_page("/leads?sort=-created_at,id"))
    for lead in leads:
        page.locator(f'tr[data-id="{lead}"] [data-select]').check()
    expect(page.locator("[data-selected]")).to_have_text("3")
    page.locator("[data-bulk=move]").click()
    choose(page, "First contact")
    expect(page.locator("#toasts").get_by_role("button", name="Undo")).to_be_visible()
    assert [api.stage(lead) for lead in leads] == ["first_contact"] * 3
    undo(page)
    for lead in leads:
        expect(page.locator(f'tr[data-id="{lead}"][data-stage=open]')).to_be_visible()
    assert [api.stage(lead) for lead in leads] == ["open"] * 3


def test_the_palette_finds_a_lead(open_page, api):
    api.lead("Quokka Logistics", email="a@quokka.example")
    page = ready(open_page("/today"))
    page.keyboard.press("Control+k")
    page.keyboard.type("quokka")
    expect(page.get_by_role("option", name=re.compile("Quokka Logistics"))).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#drawer[open], .record.full").first).to_contain_text("Quokka Logistics")


def test_a_filtered_list_gets_a_name_and_loses_it(open_page, api):
    api.lead("View Works", email="a@view.example", territory="Viewland")
    page = ready(open_page("/leads?filter%5Bterritory%5D=Viewland"))
    page.get_by_role("button", name="Save view").click()
    dialog = page.locator("#save-view")
    expect(dialog.locator("[name=name]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert").or_(dialog.locator(".err")).filter(visible=True).first).to_be_visible()
    page.keyboard.type("All of Viewland")
    page.keyboard.press("Enter")
    link = page.locator(".side a", has_text="All of Viewland")
    expect(link).to_be_visible()
    page.goto("/today")
    link.click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("button", name="Remove the view All of Viewland").click()
    expect(link).to_have_count(0)


def test_somebody_has_working_hours_of_their_own(open_page, api):
    api.ok("POST", "/users", json={
        "name": "Hal Ours", "email": "hal@hours.example", "role": "salesperson"})
    page = open_page("/settings/capacity")
    item = page.locator("[data-item]", has_text="Hal Ours")
    item.locator("summary").first.click()
    item.get_by_text("Own working hours").click()
    monday = item.locator("[name=monday]")
    monday.fill("noon")
    page.get_by_role("button", name="Save changes").click()
    expect(item.locator("[data-field='week.monday'] .err")).to_be_visible()
    monday.fill("9-12:30, 14-18")
    page.get_by_role("button", name="Save changes").click()
    expect(page.locator("#toasts")).to_contain_text("Changes saved")
    expect(item).to_contain_text("own hours")
    members = api.ok("GET", "/assignment/members")["members"]
    own = [member["week"] for member in members if member["week"]]
    assert own[0]["monday"] == [
        {"from": "09:00", "to": "12:30"}, {"from": "14:00", "to": "18:00"}]
    # With every day empty the company's are theirs again.
    item.locator("summary").first.click()
    item.locator("[name=monday]").fill("")
    page.get_by_role("button", name="Save changes").click()
    expect(item).not_to_contain_text("own hours")
