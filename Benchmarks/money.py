#!/usr/bin/env python3
"""Measures usage, licences, spend, discovery and offboarding over a large store.

    swift build -c release --product muster
    Benchmarks/asof.py --data DIR --make
    Benchmarks/money.py --data DIR [--database URL] [--count N] [--no-reports]

The store is one that `asof.py` made: 100,000 people, 400 apps, 2 million assignments, 30 million rows of daily use. A
contract for each of the sixty largest apps is imported first (a second time changes nothing), and everything is counted
once as the server does after a sync. Then each page is asked for on one kept connection: the first time, when nothing
remembers it, and N times more, of which the middle and the longest are told, in milliseconds of the clock at the client.
Reports are printed to nowhere: seconds and peak memory. Exits with 1 where the middle of a page is 100 ms or more, or a
report takes 5 s or more.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

import pages

PAGE, REPORT = 100, 5


def contracts(options):
    """One contract for each large app: seats for nine tenths of who has it, so that some are over and some under."""
    listed = subprocess.run(
        [pages.MUSTER, "list", "apps", "--where", "assigned_users>0", "--format", "csv", "--data", options.data],
        check=True, capture_output=True, text=True).stdout.splitlines()[1:]
    rows = [line.split(",") for line in listed]
    rows = sorted((row for row in rows if len(row) == 10), key=lambda row: -int(row[6]))[:60]
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
        file.write("vendor,title,starts_on,ends_on,currency,product,kind,app,seats,unit_price,price_period\n")
        for number, row in enumerate(rows):
            seats = int(row[6]) * (8 + number % 4) // 10
            file.write(
                f"Vendor {number},Contract {number},2026-01-01,2027-0{1 + number % 9}-01,EUR,Seats {number},seats,"
                f"{row[0]},{seats},12.50,month\n")
        file.flush()
        subprocess.run(
            [pages.MUSTER, "contracts", "import", file.name, "--data", options.data], check=True,
            stdout=subprocess.DEVNULL)


def addresses(browser):
    """Every kind of page with its limit in milliseconds."""
    apps = browser.rows("/apps?sort=-assigned_users")
    department = browser.rows("/departments?sort=-users")[0]
    person = browser.rows(pages.where("/users", "status=ACTIVE"))[7]
    found = [("Home", "/"), ("Usage", "/usage"), ("Usage by department", "/usage/departments")]
    for name, app in [("Largest app", apps[0]), ("App", apps[40])]:
        found += [(f"{name}{tab}", app + tab) for tab in ["", "/usage", "/licences", "/governance"]]
    found += [("Person's usage", person + "/usage"), ("Department", department)]
    found += [("Licences", "/licences"), ("Contracts", "/contracts"), ("Spend", "/spend"), ("Discovery", "/discovery"),
              ("Overlap", "/discovery/overlap"), ("Offboarding", "/offboarding")]
    found += [("Contract", one) for one in browser.rows("/contracts")[:1]]
    found += [("Offboarding case", one) for one in browser.rows("/offboarding")[3:4]]
    for tab in ["upcoming", "transfers", "rehires", "absences", "shared"]:
        found.append((f"Offboarding: {tab}", f"/offboarding/{tab}"))
    return found


def measure_pages(options):
    process, host, port, link = pages.start(options.data)
    over = 0
    try:
        browser = pages.Browser(host, port)
        browser.sign_in(link)
        for what, path in addresses(browser):
            times = []
            for _ in range(options.count + 1):
                response, _, clock, _ = pages.measure(browser, process, path, False)
                if response.status != 200:
                    raise SystemExit(f"{path}: {response.status}")
                times.append(clock)
            middle = statistics.median(times[1:])
            over += middle >= PAGE
            print(
                f"{what:28} first {times[0]:8.1f}   middle {middle:7.1f}   longest {max(times[1:]):7.1f}"
                f"{'   OVER' if middle >= PAGE else ''}", flush=True)
        return over
    finally:
        process.terminate()
        process.wait()


def measure_reports(options):
    over = 0
    for report in [["licences"], ["spend"], ["discovery"], ["offboarding"], ["usage", "--by", "app"],
                   ["usage", "--by", "department"], ["usage", "--by", "month"]]:
        begin = time.monotonic()
        process = subprocess.Popen(
            [pages.MUSTER, "report", *report, "--format", "csv", "--data", options.data], stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        took = time.monotonic() - begin
        if status:
            raise SystemExit(f"report {' '.join(report)} ended with {status}")
        over += took >= REPORT
        print(
            f"report {' '.join(report):24} {took:6.2f} s   CPU {used.ru_utime + used.ru_stime:6.2f} s   "
            f"{used.ru_maxrss // 1024} MB{'   OVER' if took >= REPORT else ''}", flush=True)
    return over


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--database")
    parser.add_argument("--count", type=int, default=9)
    parser.add_argument("--no-reports", action="store_true")
    options = parser.parse_args()
    os.environ.pop("MUSTER_DATABASE", None)
    if options.database:
        os.environ["MUSTER_DATABASE"] = options.database
    contracts(options)
    over = measure_pages(options)
    if not options.no_reports:
        over += measure_reports(options)
    print(f"{over} over their limit")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
