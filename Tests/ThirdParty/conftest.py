"""A simulator for the whole session, started as a person would start it: `muster simulate`."""

import os
import pathlib
import re
import subprocess

import pytest
import requests_like as http

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("MUSTER_BIN", str(ROOT / ".build" / "debug" / "muster"))


def shared_folder():
    """Where the recorded answers and Okta's specification lie; None on machines that have neither."""
    candidates = [os.environ.get("MUSTER_SHARED"), ROOT.parent / "shared"]
    for candidate in candidates:
        if candidate and (pathlib.Path(candidate) / "okta" / "openapi.yaml").exists():
            return pathlib.Path(candidate)
    return None


class Tenant:
    def __init__(self, url, token):
        self.url = url
        self.token = token

    def get(self, path):
        """One answer: parsed body and headers."""
        return http.get(path if path.startswith("http") else self.url + path, self.token)

    def walk(self, path):
        """Every object of a listing, following `next`; a tail of the log ends at its first empty page."""
        found = []
        while path:
            answer = self.get(path)
            found += answer.json
            path = answer.links.get("next") if answer.json else None
        return found


@pytest.fixture(scope="session")
def tenant():
    command = [BINARY, "simulate", "--port", "0", "--people", "400", "--groups", "80", "--apps", "150", "--seed", "7"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        url = token = None
        for line in process.stdout:
            url = (re.search(r"http://\S+", line) or [url])[0]
            match = re.match(r"API token\s+(\S+)", line)
            token = match[1] if match else token
            if url and token:
                break
        assert url and token, "muster simulate did not say where it listens"
        yield Tenant(url, token)
    finally:
        process.terminate()
        assert process.wait(timeout=20) == 0, "muster simulate did not stop gracefully"


@pytest.fixture(scope="session")
def shared():
    folder = shared_folder()
    if folder is None:
        pytest.skip("the shared folder with Okta's specification and recordings is not here; set MUSTER_SHARED")
    return folder
