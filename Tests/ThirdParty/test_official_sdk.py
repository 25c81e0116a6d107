"""Okta's own Python SDK reads the simulator: its models are strict, and nobody here wrote them."""

import asyncio
import datetime
import re
import urllib.parse

import pytest
from okta.client import Client


@pytest.fixture
def client(tenant, monkeypatch):
    # The SDK insists on https; loopback is allowed by its own testing switch, which it reads from the environment only.
    monkeypatch.setenv("OKTA_TESTING_TESTINGDISABLEHTTPSCHECK", "true")
    return Client(
        {
            "orgUrl": tenant.url,
            "token": tenant.token,
            "cache": {"enabled": False},
            "logging": {"enabled": False},
        }
    )


def read(call):
    """The data of one call; an error, a validation error above all, fails the test."""
    data, response, error = asyncio.run(call)
    assert error is None, error
    assert data is not None
    return data


async def pages(first, fetch):
    """All objects of a listing by the SDK's own reading of `Link`."""
    data, response, error = await fetch(None)
    assert error is None, error
    found = list(data)
    while True:
        after = cursor(response)
        if not after or not data:
            return found
        data, response, error = await fetch(after)
        assert error is None, error
        found += data


def cursor(response):
    headers = response.headers
    values = headers.getall("Link") if hasattr(headers, "getall") else [headers.get("Link", "")]
    for value in values:
        for url, relation in re.findall(r'<([^>]*)>;\s*rel="([^"]*)"', value):
            if relation == "next":
                return urllib.parse.parse_qs(urllib.parse.urlparse(url).query)["after"][0]
    return None


def ids(objects):
    return [item.id for item in objects]


def test_users(client, tenant):
    users = asyncio.run(pages(client, lambda after: client.list_users(search="status pr", limit=150, after=after)))
    assert ids(users) == [user["id"] for user in tenant.walk("/api/v1/users?search=status+pr")]
    assert len({user.status for user in users}) == 8
    one = read(client.get_user(users[0].id))
    assert one.profile.login == users[0].profile.login


def test_groups_and_members(client, tenant):
    groups = asyncio.run(pages(client, lambda after: client.list_groups(limit=30, after=after)))
    assert ids(groups) == [group["id"] for group in tenant.walk("/api/v1/groups")]
    for group in groups[:12]:
        members = read(client.list_group_users(group.id, limit=200))
        assert [member.id for member in members] == [user["id"] for user in tenant.get(f"/api/v1/groups/{group.id}/users?limit=200").json]


def test_rules(client):
    assert len(read(client.list_group_rules())) > 10


def test_apps(client, tenant):
    apps = asyncio.run(pages(client, lambda after: client.list_applications(limit=40, after=after)))
    assert ids(apps) == [app["id"] for app in tenant.walk("/api/v1/apps?limit=200")]
    for app in apps:
        users = read(client.list_application_users(app.id, limit=100))
        assert all(user.created and user.scope for user in users)
        read(client.list_application_group_assignments(app.id, limit=200))


def test_roles(client, tenant):
    assignees = read(client.list_users_with_role_assignments(limit=100)).value
    assert len(assignees) > 8
    kinds = set()
    for assignee in assignees:
        for role in read(client.list_assigned_roles_for_user(assignee.id)):
            role = getattr(role, "actual_instance", role)
            kinds.add(str(getattr(role.type, "value", role.type)))
    assert {"SUPER_ADMIN", "READ_ONLY_ADMIN", "CUSTOM"} <= kinds
    read(client.list_roles())
    read(client.list_resource_sets())


def test_factors(client, tenant):
    kinds = set()
    for user in tenant.get("/api/v1/users?limit=120").json:
        for factor in read(client.list_factors(user["id"])):
            kinds.add(str(getattr(factor.factor_type, "value", factor.factor_type)))
    assert {"push", "token:software:totp", "webauthn", "sms", "signed_nonce"} <= kinds


def test_tokens(client):
    assert len(read(client.list_api_tokens())) >= 4


def test_logs(client, tenant):
    total = 0
    after = None
    for _ in range(6):
        data, response, error = asyncio.run(client.list_log_events(limit=300, after=after, since=None if after else days_ago(89)))
        assert error is None, error
        total += len(data)
        assert all(event.uuid and event.published for event in data)
        after = cursor(response)
        if not data:
            break
    assert total >= 1200


def days_ago(days):
    moment = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=days)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")
