#!/usr/bin/env python3
"""Measures how long every kind of page takes to come, from a store that is filled already.

    swift build -c release --product muster
    Benchmarks/pages.py --data DIR [--only TEXT] [--limit MS] [--cold]

Each address is asked once to warm it, then five times over one kept connection on loopback; the middle time counts, from
sending the request to the last byte of the page (of a file: to its first byte). With `--cold` the first request of a
fresh server is told too. The CPU that the server spent on it is told beside it, which is what counts on a computer that is
busy with other things (`--by cpu`). Exits with 1 when a page takes longer than the limit (50 ms).
"""

import argparse
import datetime
import http.client
import os
import re
import statistics
import subprocess
import sys
import time
import urllib.parse

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MUSTER = os.environ.pop("MUSTER_BIN", os.path.join(ROOT, ".build/release/muster"))
ADDRESS = re.compile(r"http://([\w.]+):(\d+)")


class Browser:
    """A signed-in client over one kept connection."""

    def __init__(self, host, port):
        self.connection = http.client.HTTPConnection(host, port, timeout=120)
        self.cookie = None

    def ask(self, method, path, body=None, whole=True):
        headers = {"Accept": "text/html"}
        if self.cookie:
            headers["Cookie"] = self.cookie
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        begin = time.perf_counter()
        self.connection.request(method, path, body=body, headers=headers)
        response = self.connection.getresponse()
        data = response.read(1)
        first = time.perf_counter() - begin
        last = first
        if whole:
            data += response.read()
            last = time.perf_counter() - begin
        else:
            # The rest of a file is of no interest; the connection cannot be used again without it, and the server takes
            # a moment to notice.
            response.close()
            self.connection.close()
            time.sleep(0.3)
        return response, data, (last if whole else first) * 1000

    def sign_in(self, path):
        token = urllib.parse.parse_qs(urllib.parse.urlsplit(path).query)["link"][0]
        response, _, _ = self.ask("POST", "/login", urllib.parse.urlencode({"link": token}))
        if response.status != 303:
            raise SystemExit(f"signing in was answered by {response.status}")
        self.cookie = response.getheader("Set-Cookie").split(";")[0]

    def page(self, path):
        response, data, _ = self.ask("GET", path)
        if response.status != 200:
            raise SystemExit(f"{path}: {response.status}")
        return data.decode()

    def rows(self, path):
        """The addresses that the rows of a list link to."""
        return [found.split("?")[0] for found in re.findall(r'class="row-link" href="([^"]+)"', self.page(path))]

    def pager(self, path, which="next"):
        """The address of the next (or previous) page."""
        found = re.search(rf'rel="{which}"[^>]*href="([^"]+)"', self.page(path))
        return found.group(1).replace("&amp;", "&") if found else None


def start(data):
    """A server on any free port, and a one-time link for it."""
    process = subprocess.Popen(
        [MUSTER, "serve", "--data", data, "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    for line in process.stdout:
        found = ADDRESS.search(line)
        if found:
            link = subprocess.run(
                [MUSTER, "sign-in-link", "--data", data], check=True, capture_output=True, text=True).stdout
            return process, found.group(1), int(found.group(2)), link.strip()
    raise SystemExit("the server did not start")


def where(path, *filters, **fields):
    query = [("where", text) for text in filters] + list(fields.items())
    return path + "?" + urllib.parse.urlencode(query)


def addresses(browser):
    """Every kind of page with the questions people ask of it, as (what, address)."""
    today = datetime.datetime.now(datetime.timezone.utc).date()
    quarter = str(today - datetime.timedelta(days=90))
    past = str(today - datetime.timedelta(days=45))
    apps = browser.rows("/apps?sort=-assigned_users")
    groups = browser.rows("/groups?sort=-members")
    department = urllib.parse.unquote(browser.rows("/departments?sort=-users")[0])
    person = browser.rows(where("/users", "status=ACTIVE"))[7]
    integration = browser.rows("/integrations")[0]
    pages = [("Home", "/"), ("People", "/users")]
    for sort in ["login", "status", "department", "last_login_at", "created_at"]:
        pages += [(f"People by {sort}", f"/users?sort={sort}"), (f"People by {sort}, down", f"/users?sort=-{sort}")]
    pages += [
        ("People: active", where("/users", "status=ACTIVE")), ("People: locked out", where("/users", "status=LOCKED_OUT")),
        ("People: leavers with access", where("/users", "status=DEPROVISIONED", "apps>0")),
        ("People: no sign-in for 90 days", where("/users", "status=ACTIVE", f"last_login_at<{quarter}")),
        ("People: never signed in", where("/users", "last_login_at=")),
        ("People: no department", where("/users", "department=")),
        ("People: title contains", where("/users", "title~engineer")),
        ("People: active of a department", where("/users", "status=ACTIVE", "department=" + department.split("/")[-1])),
        ("People: active, newest sign-in", where("/users", "status=ACTIVE", sort="-last_login_at")),
        ("People: search", "/users?q=ada"), ("People: search two words", "/users?q=ada+smi"),
        ("People: search nothing", "/users?q=zzzzqqq"), ("People as of", where("/users", as_of=past)),
        ("People as of, active", where("/users", "status=ACTIVE", as_of=past)),
        ("People as of, by sign-in", where("/users", as_of=past, sort="-last_login_at")),
        ("People as of, search", where("/users", as_of=past, q="ada")),
    ]
    pages += [(f"Person{tab}", person + tab) for tab in ["", "/groups", "/security", "/profile", "/history"]]
    pages += [("Person as of", where(person, as_of=past)), ("Person: unused", where(person, "sign_ins_90d=0"))]
    pages += [("Departments", "/departments"), ("Departments by apps", "/departments?sort=-apps"),
              ("Departments as of", where("/departments", as_of=past)), ("Department", department),
              ("Department: active", where(department, "status=ACTIVE")),
              ("Department: leavers with access", where(department, "status=DEPROVISIONED", "apps>0")),
              ("Department as of", where(department, as_of=past))]
    pages += [("Apps", "/apps"), ("Apps by people", "/apps?sort=-assigned_users"),
              ("Apps by sign-ins", "/apps?sort=-sign_ins_3m"),
              ("Apps: nobody signs in", where("/apps", "status=ACTIVE", "assigned_users>0", "sign_ins_3m=0")),
              ("Apps: search", "/apps?q=goo"), ("Apps as of", where("/apps", as_of=past)),
              ("Apps as of, by people", where("/apps", as_of=past, sort="-assigned_users"))]
    for name, app in [("Largest app", apps[0]), ("Large app", apps[5]), ("App", apps[40])]:
        pages += [
            (name, app), (f"{name} by login, down", app + "?sort=-login"),
            (f"{name}: unused for 90 days", where(app, "sign_ins_90d=0")), (f"{name}: direct", where(app, "scope=USER")),
            (f"{name}: leavers", where(app, "user_status=DEPROVISIONED")), (f"{name}: search", app + "?q=ada"),
            (f"{name}: unused leavers", where(app, "user_status=DEPROVISIONED", "sign_ins_90d=0")),
            (f"{name} as of", where(app, as_of=past)), (f"{name}/groups", app + "/groups"), (f"{name}/about", app + "/about")]
        # The headings of an app with more than 5,000 people do not offer the order of their use.
        offered = browser.page(app).replace("sort=-", "sort=")
        for sort in ["-assigned_at", "scope", "-last_sign_in_at", "-sign_ins_90d"]:
            if f"sort={sort.lstrip('-')}" in offered:
                pages.append((f"{name} by {sort}", app + "?sort=" + sort))
    pages += [("Groups", "/groups"), ("Groups by members", "/groups?sort=-members"), ("Groups by apps", "/groups?sort=-apps"),
              ("Groups: gives no app", where("/groups", "apps=0")), ("Groups: empty", where("/groups", "members=0")),
              ("Groups: search", "/groups?q=eng"), ("Groups as of", where("/groups", as_of=past)),
              ("Groups as of, by members", where("/groups", as_of=past, sort="-members"))]
    for name, group in [("Everyone", groups[0]), ("Largest group", groups[1]), ("Group", groups[40])]:
        pages += [(f"{name}{tab}", group + tab) for tab in ["", "/apps", "/rules", "/roles"]]
        pages += [(f"{name}: leavers", where(group, "user_status=DEPROVISIONED")),
                  (f"{name} as of", where(group, as_of=past))]
    pages += [("Admin roles", "/roles"), ("Admin roles: dormant", where("/roles", f"last_login_at<{quarter}")),
              ("Admin roles as of", where("/roles", as_of=past)), ("Search", "/search?q=ada"),
              ("Search nothing", "/search?q=zzzzqqq"), ("Home as of", where("/", as_of=past)),
              ("Integrations", "/integrations"), ("Connect", "/connect"), ("Run", integration + "/runs/1")]
    pages += [(f"Integration{tab}", integration + tab) for tab in ["", "/calls", "/limits", "/coverage", "/settings"]]
    for name, path in [("People", "/users"), ("People by sign-in", "/users?sort=-last_login_at"), ("Apps", "/apps"),
                       ("Groups", "/groups"), ("Largest app", apps[0]), ("App", apps[40]), ("Largest group", groups[1]),
                       ("Department", department), ("People as of", where("/users", as_of=past))]:
        second = browser.pager(path)
        if second:
            pages.append((f"{name}, page 2", second))
            third = browser.pager(second)
            back = browser.pager(third or second, "prev")
            if back:
                pages.append((f"{name}, back", back))
    for noun in ["users", "groups", "apps", "assignments", "memberships", "roles", "departments"]:
        pages.append((f"{noun}.csv, first byte", f"/{noun}.csv"))
    app_id = apps[0].split("/")[-1]
    pages += [("People of the largest app as CSV, first byte", where("/assignments.csv", f"app_id={app_id}")),
              ("Unused of the largest app as CSV", where("/assignments.csv", f"app_id={app_id}", "sign_ins_90d=0")),
              ("users.json, first byte", "/users.json"), ("users.csv as of", where("/users.csv", as_of=past))]
    return pages


def cpu(process):
    """Milliseconds that all threads of the server have run."""
    total = 0
    for task in os.listdir(f"/proc/{process.pid}/task"):
        try:
            with open(f"/proc/{process.pid}/task/{task}/schedstat") as file:
                total += int(file.read().split()[0])
        except FileNotFoundError:
            pass
    return total / 1e6


def measure(browser, process, path, is_file):
    """One request: its answer, milliseconds on the clock, milliseconds of the server's CPU."""
    before = cpu(process)
    response, data, clock = browser.ask("GET", path, whole=not is_file)
    return response, data, clock, cpu(process) - before


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--limit", type=float, default=50)
    parser.add_argument("--cold", action="store_true")
    parser.add_argument("--by", choices=["clock", "cpu"], default="clock")
    options = parser.parse_args()
    process, host, port, link = start(options.data)
    try:
        browser = Browser(host, port)
        browser.sign_in(link)
        slow = 0
        for what, path in addresses(browser):
            if options.only.lower() not in what.lower():
                continue
            is_file = bool(re.match(r"/\w+\.(csv|json)", path))
            response, data, cold, cold_cpu = measure(browser, process, path, is_file)
            times = [measure(browser, process, path, is_file)[2:] for _ in range(5)]
            clock = statistics.median(time[0] for time in times)
            work = statistics.median(time[1] for time in times)
            judged = work if options.by == "cpu" and not is_file else clock
            slow += judged >= options.limit
            mark = "" if response.status == 200 else f"  status {response.status}"
            first = f"first {cold:7.1f} ms, cpu {cold_cpu:7.1f} ms  " if options.cold else ""
            size = "     file" if is_file else f"{len(data) / 1000:6.1f} kB"
            print(f"{clock:8.1f} ms  cpu {work:7.1f} ms  {first}{size}  {'SLOW ' if judged >= options.limit else '     '}"
                  f"{what}  {path[:120]}{mark}", flush=True)
        print(f"{slow} slower than {options.limit:.0f} ms")
        return 1 if slow else 0
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    sys.exit(main())
