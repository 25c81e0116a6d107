#!/usr/bin/env python3
"""Measures questions about dates in the past, and comparisons of two dates, over a large store.

    swift build -c release --product muster
    Benchmarks/asof.py --data DIR --make
    Benchmarks/asof.py --data DIR [--only TEXT] [--count N]
    Benchmarks/asof.py --data DIR --database URL --copy [--only TEXT] [--count N]

`--make` fills an empty folder: a first sync of a simulated tenant of 100,000 people with 2 million assignments (some
minutes), then 30 million rows of daily use, made up by plain SQL for the people and apps that the sync found. `--copy`
first copies that store to an empty PostgreSQL database with `muster copy`.

Each question is asked over one kept connection on loopback, of another person, group or app and other dates each time, so
that nothing remembers the answer; what counts is the time from the request to the last byte of the page. Of N questions of
a kind (40) the middle, the 95th percentile and the longest are told in milliseconds, of the clock and of the CPU that
Muster and (on this machine) PostgreSQL spent, which is what counts on a computer that is busy with other things
(`--by cpu`). Exits with 1 where the 95th percentile of a kind is over its limit: 50 ms for one person or
group, or two dates of one app, 500 ms for everybody who has an app. Whole tenants have no limit.
"""

import argparse
import datetime
import os
import random
import re
import sqlite3
import statistics
import subprocess
import sys
import time

import pages
import sync

sync.MUSTER = pages.MUSTER
# How far back the use that is made up begins.
DAYS = 400
SUBJECT, WHOLE, TENANT = 50, 500, None


def make(options):
    arguments = ["--people", str(options.people), "--groups", "1000", "--apps", "400"]
    simulator, url, token = sync.start_simulator(arguments)
    try:
        connect = [pages.MUSTER, "connect", url, "--name", "bench", "--token-file", "-", "--data", options.data]
        subprocess.run(connect, input=token, text=True, check=True, stdout=subprocess.DEVNULL)
        begin = time.monotonic()
        subprocess.run(
            [pages.MUSTER, "sync", "bench", "--json", "--data", options.data], check=True, stdout=subprocess.DEVNULL)
        print(f"first sync in {time.monotonic() - begin:.0f} s", flush=True)
    finally:
        simulator.terminate()
        simulator.wait()
    begin = time.monotonic()
    store = sqlite3.connect(os.path.join(options.data, "muster.db"), isolation_level=None)
    store.execute("PRAGMA synchronous = OFF")
    pairs = store.execute("SELECT count(*) FROM assignments").fetchone()[0]
    each = round(options.rows / pairs + 0.5)
    for (app,) in store.execute("SELECT DISTINCT app_key FROM apps ORDER BY app_key").fetchall():
        add_use(store, app, each)
    rows = store.execute("SELECT count(*) FROM usage_daily").fetchone()[0]
    print(f"{rows} rows of use of {pairs} assignments in {time.monotonic() - begin:.0f} s", flush=True)
    store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()


def add_use(store, app, each):
    """So many of the last DAYS for everybody who has the app, on other days for each person."""
    first = int(time.time()) // 86_400 - DAYS
    store.execute("BEGIN")
    store.execute(
        """
        WITH RECURSIVE step(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM step WHERE n + 1 < ?2)
        INSERT INTO usage_daily (workspace_id, app_key, user_key, day, sign_ins, last_at)
        SELECT a.workspace_id, a.app_key, a.user_key, ?3 + s.n * ?4 / ?2 + a.user_key % 9, 1 + a.user_key % 3,
            (?3 + s.n * ?4 / ?2 + a.user_key % 9) * 86400000000 + 30000000000
        FROM (SELECT DISTINCT workspace_id, app_key, user_key FROM assignments
            WHERE workspace_id = 1 AND app_key = ?1 ORDER BY user_key) a CROSS JOIN step s WHERE TRUE
        ON CONFLICT DO NOTHING
        """, (app, each, first, DAYS - 9))
    store.execute(
        """
        INSERT OR REPLACE INTO last_uses (workspace_id, app_key, user_key, last_at, first_day)
        SELECT workspace_id, app_key, user_key, max(last_at), min(day) FROM usage_daily
        WHERE workspace_id = 1 AND app_key = ?
        GROUP BY workspace_id, app_key, user_key
        """, (app,))
    store.execute(
        """
        INSERT OR REPLACE INTO usage_monthly (workspace_id, app_key, month, sign_ins)
        SELECT 1, ?, month, sum(sign_ins) FROM (
            SELECT strftime('%Y', day * 86400, 'unixepoch') * 12 + strftime('%m', day * 86400, 'unixepoch') - 1 AS month,
                sum(sign_ins) AS sign_ins
            FROM usage_daily WHERE workspace_id = 1 AND app_key = ? GROUP BY day) GROUP BY month
        """, (app, app))
    store.execute("COMMIT")


def walk(browser, path, most):
    """The addresses of the rows of the first pages of a list."""
    found = []
    while path and len(found) < most:
        page = browser.page(path)
        found += [link.split("?")[0] for link in re.findall(r'class="row-link" href="([^"]+)"', page)]
        following = re.search(r'rel="next"[^>]*href="([^"]+)"', page)
        path = following.group(1).replace("&amp;", "&") if following else None
    return found


def kinds(browser, chance):
    """Every kind of question as (what, limit, what gives the next address)."""
    today = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    apps, groups = walk(browser, "/apps?sort=-assigned_users", 300), walk(browser, "/groups?sort=-members", 600)
    people = []
    for letter in "abcdefghijklmnop":
        people += walk(browser, f"/users?q={letter}{chance.choice('aeiour')}", 60)
    everybody, large_groups, large_apps = groups[0], groups[1:4], apps[:3]
    groups, apps = groups[20:], apps[20:]

    def within():
        return (today - datetime.timedelta(seconds=chance.randrange(3600, 89 * 86_400))).strftime("%Y-%m-%dT%H:%M:%SZ")

    def before():
        return (today - datetime.timedelta(seconds=chance.randrange(95 * 86_400, 400 * 86_400))).strftime(
            "%Y-%m-%dT%H:%M:%SZ")

    def page(subjects, date, tab=""):
        return lambda: pages.where(chance.choice(subjects) + tab, as_of=date())

    def filtered(subjects, *filters):
        return lambda: pages.where(chance.choice(subjects), *filters, as_of=within())

    def changes(noun, subjects):
        def path():
            dates = sorted([within(), within()])
            subject = {noun: chance.choice(subjects).split("/")[-1]} if noun else {}
            return pages.where("/changes", **subject, **{"from": dates[0], "to": dates[1]})
        return path

    def plain(path):
        return lambda: pages.where(path, as_of=within())

    return [
        ("Person as of a date", SUBJECT, page(people, within)),
        ("Person before history", SUBJECT, page(people, before)),
        ("Person's groups as of a date", SUBJECT, page(people, within, "/groups")),
        ("Person's security as of a date", SUBJECT, page(people, within, "/security")),
        ("Person's history", SUBJECT, lambda: chance.choice(people) + "/history"),
        ("Group as of a date", SUBJECT, page(groups, within)),
        ("Group before history", SUBJECT, page(groups, before)),
        ("Group's apps as of a date", SUBJECT, page(groups, within, "/apps")),
        ("App as of a date", WHOLE, page(apps, within)),
        ("App before history", WHOLE, page(apps, before)),
        ("App's groups as of a date", SUBJECT, page(apps, within, "/groups")),
        ("Changes of a person", SUBJECT, changes("user", people)),
        ("Changes of a group", SUBJECT, changes("group", groups)),
        ("Changes of an app", SUBJECT, changes("app", apps)),
        ("Large group as of a date", WHOLE, page(large_groups, within)),
        ("Everyone as of a date", WHOLE, page([everybody], within)),
        ("Large app as of a date", WHOLE, page(large_apps, within)),
        ("Largest app as of a date", WHOLE, page(large_apps[:1], within)),
        ("Largest app before history", WHOLE, page(large_apps[:1], before)),
        ("Largest app as of a date, leavers", WHOLE, filtered(large_apps[:1], "user_status=DEPROVISIONED")),
        ("Largest app as of a date, unused", WHOLE, filtered(large_apps[:1], "sign_ins_90d=0")),
        ("Changes of a large group", WHOLE, changes("group", large_groups)),
        ("Changes of the largest app", WHOLE, changes("app", large_apps[:1])),
        ("Changes of large apps", WHOLE, changes("app", large_apps)),
        ("People as of a date", TENANT, plain("/users")),
        ("Apps as of a date", TENANT, plain("/apps")),
        ("Groups as of a date", TENANT, plain("/groups")),
        ("Admin roles as of a date", TENANT, plain("/roles")),
        ("Departments as of a date", TENANT, plain("/departments")),
        ("Changes of the tenant", TENANT, changes(None, [])),
    ]


def cpu_of_database(server):
    """Milliseconds of CPU of the sessions of a PostgreSQL server of this machine, by process."""
    total = {}
    for pid in filter(str.isdigit, os.listdir("/proc") if server else []):
        try:
            with open(f"/proc/{pid}/stat") as file:
                if file.read().rsplit(")", 1)[1].split()[1] != server:
                    continue
            with open(f"/proc/{pid}/schedstat") as file:
                total[pid] = int(file.read().split()[0]) / 1e6
        except (FileNotFoundError, ProcessLookupError):
            pass
    return total


def ask(browser, process, path, server):
    """One question: its status, milliseconds on the clock, and milliseconds of CPU of Muster and of the database."""
    before = cpu_of_database(server)
    response, _, clock, work = pages.measure(browser, process, path, False)
    after = cpu_of_database(server)
    return response.status, clock, work + sum(time - before.get(pid, 0) for pid, time in after.items())


def summary(times):
    """The middle, the 95th percentile and the longest."""
    times = sorted(times)
    return statistics.median(times), times[min(len(times) - 1, round(len(times) * 0.95))], times[-1]


def measure(options):
    server = sync.postmaster(options.database) if options.database else None
    process, host, port, link = pages.start(options.data)
    over = 0
    try:
        browser = pages.Browser(host, port)
        browser.sign_in(link)
        chance = random.Random(options.seed)
        for what, limit, following in kinds(browser, chance):
            if options.only.lower() not in what.lower():
                continue
            count = options.count if limit else min(options.count, 10)
            times, answered, longest = [], 0, ""
            for _ in range(count):
                path = following()
                status, clock, work = ask(browser, process, path, server)
                # Not everybody was there at every date.
                if status not in (200, 404):
                    raise SystemExit(f"{path}: {status}")
                answered += status == 200
                if not times or clock > max(time[0] for time in times):
                    longest = path
                times.append((clock, work))
            clock, work = summary(time[0] for time in times), summary(time[1] for time in times)
            isOver = limit is not None and (work if options.by == "cpu" else clock)[1] >= limit
            over += isOver
            print(
                f"{what:34} clock {clock[0]:7.1f} {clock[1]:7.1f} {clock[2]:7.1f}   cpu {work[0]:7.1f} {work[1]:7.1f} "
                f"{work[2]:7.1f}   limit {limit or '-':>3}   {answered} of {count} there{'   OVER ' + longest if isOver else ''}",
                flush=True)
        print(f"{over} over their limit")
        return 1 if over else 0
    finally:
        process.terminate()
        process.wait()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--database")
    parser.add_argument("--make", action="store_true")
    parser.add_argument("--copy", action="store_true")
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--rows", type=int, default=30_000_000)
    parser.add_argument("--only", default="")
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--by", choices=["clock", "cpu"], default="clock")
    options = parser.parse_args()
    os.environ.pop("MUSTER_DATABASE", None)
    if options.make:
        return make(options)
    if options.copy:
        begin = time.monotonic()
        subprocess.run([pages.MUSTER, "copy", "--from", options.data, "--to", options.database], check=True)
        print(f"copied in {time.monotonic() - begin:.0f} s", flush=True)
    if options.database:
        os.environ["MUSTER_DATABASE"] = options.database
    return measure(options)


if __name__ == "__main__":
    sys.exit(main())
