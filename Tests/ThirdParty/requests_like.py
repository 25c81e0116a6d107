"""The little HTTP these tests need, from the standard library."""

import dataclasses
import json
import re
import urllib.request


@dataclasses.dataclass
class Answer:
    status: int
    headers: object
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def links(self):
        found = {}
        for line in self.headers.get_all("Link") or []:
            for url, relation in re.findall(r'<([^>]*)>;\s*rel="([^"]*)"', line):
                found[relation] = url
        return found


def get(url, token):
    request = urllib.request.Request(url, headers={"Authorization": "SSWS " + token, "Accept": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as response:
        return Answer(response.status, response.headers, response.read())
