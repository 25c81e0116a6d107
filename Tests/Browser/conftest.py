"""Starts the real program with a made-up company, signs a real browser in, and hands out pages."""

import os
import pathlib
import queue
import re
import subprocess
import threading
import time

import pytest
from playwright.sync_api import sync_playwright

ROOT = pathlib.Path(__file__).resolve().parents[2]
LINK = re.compile(r"Sign in: (http://\S+/login\?link=\S+)")


class Running:
    """A running `muster` command, and what it printed that a pattern looks for."""

    def __init__(self, pattern, *arguments):
        binary = os.environ.get("MUSTER_BIN", str(ROOT / ".build" / "debug" / "muster"))
        self.pattern = pattern
        self.lines = []
        self.process = subprocess.Popen(
            [binary, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.matches = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        try:
            self.found = self.matches.get(timeout=300)
        except queue.Empty:
            self.stop()
            raise AssertionError(f"muster {arguments[0]} did not say:\n" + "".join(self.lines)) from None

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line)
            match = self.pattern.search("".join(self.lines))
            if match:
                self.matches.put(match)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Server(Running):
    """A `muster` that serves pages."""

    def __init__(self, *arguments):
        super().__init__(LINK, *arguments)
        self.link = self.found.group(1)
        self.base = self.link.split("/login")[0]


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    running = Server("demo", "--people", "200", "--port", "0", "--data", str(tmp_path_factory.mktemp("data")))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-dev-shm-usage"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def signed_in(server, chromium):
    """The cookies of a browser that used the sign-in link; the company is synced."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(server.link)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(server.base + "/")
    wait_for_people(page, server)
    state = context.storage_state()
    context.close()
    return state


def wait_for_people(page, server):
    """Waits until the first sync has filled the store."""
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        page.goto(server.base + "/integrations")
        if page.locator(".badge", has_text=re.compile("^(complete|partial|held for you)$")).count():
            return
        page.wait_for_timeout(1000)
    raise AssertionError("the first sync did not end")


@pytest.fixture
def page(server, chromium, signed_in):
    """A page of a signed-in browser; what its console complains about fails the test."""
    context = chromium.new_context(storage_state=signed_in, base_url=server.base, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    unexpected = [text for text in complaints if "status of 4" not in text]
    assert not unexpected, unexpected
