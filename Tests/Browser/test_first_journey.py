"""From the sign-in link to the answers, as a person goes."""

import csv
import io
import re

import pytest
from playwright.sync_api import expect


def total(page):
    """The number of rows a list says it has."""
    return int(re.search(r"of ([\d,]+)", page.locator(".pager").inner_text()).group(1).replace(",", ""))


def test_a_link_works_once(server, chromium, signed_in):
    context = chromium.new_context()
    page = context.new_page()
    page.goto(server.link)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("h1")).not_to_have_text("Home")
    page.goto(server.base + "/")
    assert page.url.endswith("/login")
    context.close()


def test_home_tells_the_company_and_every_number_leads_to_its_rows(page):
    page.goto("/")
    expect(page.locator("h1")).to_have_text("Home")
    for title in ["People", "Apps", "Assignments", "Sign-ins this month"]:
        expect(page.locator(".figure dt", has_text=re.compile(f"^{title}$"))).to_be_visible()
    people = int(page.locator(".figure", has_text="People").locator("strong").inner_text().replace(",", ""))
    page.locator(".figure", has_text="People").locator("a").click()
    expect(page.locator("h1")).to_have_text("People")
    assert total(page) == people >= 200


def test_do_next_counts_what_its_list_shows(page):
    page.goto("/")
    item = page.locator(".do-next a", has_text=re.compile("leavers? still hold"))
    count = int(re.search(r"\d+", item.inner_text()).group(0))
    item.click()
    assert total(page) == count


def test_from_a_person_to_the_path_of_an_app_and_back_by_group(page):
    page.goto("/users?where=status%3DACTIVE&where=apps%3E3")
    page.locator(".row-link").first.click()
    expect(page.locator(".tabs a[aria-current]")).to_contain_text("Apps")
    page.locator("td .path a").first.click()
    expect(page.locator(".crumb")).to_contain_text("Groups")
    page.locator(".tabs a", has_text="Apps").click()
    page.locator(".row-link").first.click()
    expect(page.locator(".crumb")).to_contain_text("Apps")
    expect(page.locator("h2", has_text="Sign-ins by month")).to_be_visible()


def test_filter_sort_page_and_export_agree(page):
    page.goto("/users")
    page.locator("details.filter:not(.columns-menu) summary").click()
    page.get_by_label("Column").select_option("status")
    page.get_by_label("Value").fill("ACTIVE")
    page.get_by_role("button", name="Add filter").click()
    expect(page.locator(".chip[aria-current], .chip.on")).to_have_count(1)
    rows = total(page)
    logins = page.locator("td .sub").all_inner_texts()
    assert logins == sorted(logins)
    page.get_by_role("link", name="Next page").click()
    more = page.locator("td .sub").all_inner_texts()
    assert more[0] > logins[-1]
    page.get_by_role("link", name="Previous page").click()
    assert page.locator("td .sub").all_inner_texts() == logins
    expect(page.get_by_role("link", name="Previous page")).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    with open(download.value.path(), newline="", encoding="utf-8") as file:
        exported = list(csv.DictReader(io.StringIO(file.read())))
    assert len(exported) == rows
    assert {row["status"] for row in exported} == {"ACTIVE"}


@pytest.mark.parametrize("script", [True, False])
def test_columns_are_chosen_shared_and_remembered(server, chromium, signed_in, script):
    context = chromium.new_context(
        storage_state=signed_in, base_url=server.base, java_script_enabled=script, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto("/users?where=status%3DACTIVE")
    headings = page.locator("thead th")
    usual = headings.all_inner_texts()
    page.locator("details.columns-menu summary").click()
    page.get_by_role("checkbox", name="Manager").check()
    page.get_by_role("checkbox", name="Created").uncheck()
    page.get_by_role("button", name="Show these").click()
    expect(headings.filter(has_text="Manager")).to_have_count(1)
    expect(headings.filter(has_text="Created")).to_have_count(0)
    assert "columns=" in page.url and "where=status" in page.url and "remember" not in page.url
    page.goto("/users")
    expect(headings.filter(has_text="Manager")).to_have_count(1)
    page.locator("details.columns-menu summary").click()
    page.get_by_role("button", name="Usual columns").click()
    assert [text.strip(" ↑") for text in headings.all_inner_texts()] == [text.strip(" ↑") for text in usual]
    context.close()


def test_no_column_is_cut_off(server, chromium, signed_in):
    context = chromium.new_context(storage_state=signed_in, base_url=server.base)
    page = context.new_page()
    columns = "login,status,department,title,apps,groups,last_login_at,created_at,email,manager,organization,division"
    for width in [1280, 1200, 800, 390]:
        page.set_viewport_size({"width": width, "height": 900})
        for address in ["/users", f"/users?columns={columns}", "/apps", "/groups", "/roles"]:
            page.goto(address)
            cut = page.evaluate(
                """() => [...document.querySelectorAll(".list .table-wrap")].some((wrap) =>
                    wrap.scrollWidth > wrap.clientWidth && getComputedStyle(wrap).overflowX !== "auto")""")
            assert not cut, f"{address} at {width} px"
    context.close()


def test_search_finds_people_and_apps_by_keyboard(page):
    page.goto("/apps")
    label = page.locator(".row-link").first.inner_text()
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type(label)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/search"))
    expect(page.locator(".results .row-link", has_text=label).first).to_be_visible()


def test_keys_move_open_and_go(page):
    page.goto("/groups")
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.locator(".row-link").nth(1)
    expect(second).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator(".row-link").first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/groups/.+"))
    page.keyboard.press("g")
    page.keyboard.press("a")
    page.wait_for_url(re.compile("/apps$"))
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()


def test_a_date_in_the_past_stays_in_the_links(page):
    page.goto("/users?as_of=2020-01-01")
    expect(page.locator(".banner")).to_contain_text("2020-01-01")
    page.locator(".rail a", has_text="Apps").click()
    assert "as_of=2020-01-01" in page.url
    page.get_by_role("link", name="Back to now").click()
    assert "as_of" not in page.url


def test_the_integration_shows_its_runs_calls_limits_and_coverage(page):
    page.goto("/integrations")
    page.locator(".row-link").first.click()
    expect(page.get_by_role("region", name="Runs", exact=True)).to_contain_text("Run 1")
    page.get_by_role("link", name="Call ledger").click()
    expect(page.get_by_role("region", name="Call ledger", exact=True)).to_contain_text("GET /api/v1/")
    page.get_by_role("link", name="Rate limits").click()
    expect(page.locator("svg.gauge").first).to_be_visible()
    page.get_by_role("link", name="Coverage").click()
    expect(page.locator("main table").last).to_contain_text("readable")
    page.get_by_role("link", name="Settings").last.click()
    page.get_by_label("Type").fill("something else")
    page.get_by_role("button", name="Disconnect").click()
    expect(page.locator("h1")).to_contain_text("did not match")


def test_connect_tells_what_is_wrong_and_keeps_the_domain(page):
    page.goto("/connect")
    page.get_by_label("Okta domain").fill("not a domain at all")
    page.get_by_role("textbox", name="Token").fill("00secret")
    page.get_by_role("button", name="Check what it can read").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Okta domain")).to_have_value("not a domain at all")
    assert "00secret" not in page.content()


def test_everything_reads_without_javascript(server, chromium, signed_in):
    context = chromium.new_context(storage_state=signed_in, base_url=server.base, java_script_enabled=False)
    page = context.new_page()
    for path in ["/", "/users", "/groups", "/apps", "/departments", "/roles", "/integrations", "/connect"]:
        page.goto(path)
        expect(page.locator("h1")).to_be_visible()
    page.goto("/users")
    page.get_by_role("link", name="Next page").click()
    expect(page.locator(".pager")).to_contain_text("51–")
    context.close()


def test_light_and_dark_can_be_chosen(page):
    page.goto("/apps")
    page.get_by_role("button", name="Dark colours").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.url.endswith("/apps")
    page.get_by_role("button", name="Light colours").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
