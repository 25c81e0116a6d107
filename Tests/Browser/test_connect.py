"""Connecting a tenant in the browser: paste, check, sync, look."""

import re

import pytest
from playwright.sync_api import expect

from conftest import Running, Server

TENANT = re.compile(
    r"(http://127\.0\.0\.1:\d+)[\s\S]*?API token\s+(\S+)[\s\S]*?Service app\s+(\S+)[\s\S]*?Client secret\s+(\S+)")


@pytest.fixture(scope="module")
def tenant():
    running = Running(
        TENANT, "simulate", "--port", "0", "--people", "250", "--limits", "workforce", "--limit-window", "2")
    yield running.found.groups()
    running.stop()


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    running = Server("serve", "--port", "0", "--data", str(tmp_path_factory.mktemp("empty")))
    yield running
    running.stop()


def test_an_admin_connects_a_tenant_and_watches_the_first_sync(tenant, empty, chromium):
    url, token, _, _ = tenant
    context = chromium.new_context(base_url=empty.base)
    page = context.new_page()
    page.goto(empty.link)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Connect Okta").click()
    page.get_by_label("Okta domain").fill(url + "/admin/dashboard")
    page.get_by_role("textbox", name="Token").fill("00wrong" + token[7:])
    page.get_by_role("button", name="Check what it can read").click()
    expect(page.locator("main")).to_contain_text("token")
    expect(page.get_by_role("button", name="Connect and sync now")).to_have_count(0)

    page.goto("/connect")
    page.get_by_label("Okta domain").fill(url + "/admin/dashboard")
    page.get_by_role("textbox", name="Token").fill(token)
    page.get_by_label("Name").fill("acme")
    page.get_by_role("button", name="Check what it can read").click()
    expect(page.get_by_role("heading", name="What the first sync asks")).to_be_visible()
    assert token not in page.content() + page.url
    page.get_by_role("button", name="Connect and sync now").click()
    expect(page).to_have_url(re.compile("/integrations/acme$"))
    before = page.locator("main").inner_text()
    expect(page.locator("main")).not_to_have_text(before, timeout=15_000)
    expect(page.locator("main")).to_contain_text("complete", timeout=120_000)
    page.goto("/users")
    expect(page.locator(".pager")).to_contain_text("of 250")
    context.close()


def test_an_admin_connects_with_a_client_secret(tenant, chromium, tmp_path):
    url, _, client_id, secret = tenant
    running = Server("serve", "--port", "0", "--data", str(tmp_path))
    context = chromium.new_context(base_url=running.base)
    page = context.new_page()
    page.goto(running.link)
    page.get_by_role("button", name="Sign in").click()
    page.goto("/connect")
    page.get_by_label("Okta domain").fill(url)
    page.get_by_role("radio", name="API service integration").check()
    page.get_by_role("textbox", name="Client ID").fill(client_id)
    page.get_by_role("button", name="Check what it can read").click()
    expect(page.get_by_role("alert")).to_contain_text("client secret")
    expect(page.get_by_role("textbox", name="Client ID")).to_have_value(client_id)
    page.get_by_role("textbox", name="Client secret").fill("wrong" + secret)
    page.get_by_role("button", name="Check what it can read").click()
    expect(page.get_by_role("alert")).to_contain_text("Okta does not accept the credential")
    assert secret not in page.content()
    page.get_by_role("textbox", name="Client secret").fill(secret)
    page.get_by_label("Name").fill("by secret")
    page.get_by_role("button", name="Check what it can read").click()
    expect(page.get_by_role("heading", name="What the first sync asks")).to_be_visible()
    assert secret not in page.content() + page.url
    page.get_by_role("button", name="Connect and sync now").click()
    expect(page).to_have_url(re.compile("/integrations/by%20secret$"))
    expect(page.locator("main")).to_contain_text("complete", timeout=120_000)
    context.close()
    running.stop()
    assert not any(secret.encode() in file.read_bytes() for file in tmp_path.iterdir())
