#!/usr/bin/env python3
"""Measures how soon a change in a living tenant is a row here, with an Event Hook and with the System Log alone.

    swift build -c release --product muster
    Benchmarks/freshness.py [--people 20000] [--changes 50] [--minutes 5] [--hook | --idle]

A `muster simulate` that changes so many times a minute is synced once and then followed by a `muster serve`; the figures are
the server's own (`tail_hours`): changes by the time from Okta's event to the row, and the calls that took. Both run on this
machine's clock. With --hook the tenant delivers to an Event Hook besides; with --idle nothing but sign-ins happens.
"""

import argparse
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MUSTER = os.environ.pop("MUSTER_BIN", os.path.join(ROOT, ".build/release/muster"))
BOUNDS = ["within_2s", "within_5s", "within_10s", "within_30s", "within_60s", "later"]


def started(arguments, pattern):
    """Starts a process and waits for a line that matches; gives the process and what was found."""
    process = subprocess.Popen([MUSTER, *arguments], stdout=subprocess.PIPE, text=True)
    while True:
        line = process.stdout.readline()
        if not line:
            raise SystemExit(f"muster {arguments[0]} did not start")
        found = re.search(pattern, line)
        if found:
            return process, found.group(1)


def figures(folder):
    columns = ["log_calls", "other_calls", "events", *BOUNDS]
    with sqlite3.connect(f"file:{folder}/muster.db?mode=ro", uri=True) as database:
        sums = ", ".join(f"coalesce(sum({column}), 0)" for column in columns)
        row = database.execute(f"SELECT {sums}, (SELECT count(*) FROM log_marks) FROM tail_hours").fetchone()
    return dict(zip([*columns, "waiting"], row))


def cpu_seconds(process):
    with open(f"/proc/{process.pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_megabytes(process):
    with open(f"/proc/{process.pid}/status") as file:
        return int(re.search(r"VmHWM:\s+(\d+)", file.read()).group(1)) / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=20000)
    parser.add_argument("--changes", type=float, default=50)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--hook", action="store_true")
    parser.add_argument("--idle", action="store_true")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="muster-freshness-")
    data = ["--data", folder]
    pace = "0" if options.idle else str(options.changes)
    company = ["--people", str(options.people), "--apps", "300", "--groups", "1000", "--seed", "7"]
    since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    tenant = ["simulate", *company, "--since", since, "--changes-per-minute", pace]
    running = []
    try:
        simulator, url = started([*tenant, "--port", "0"], r"(http://[\w.:]+)")
        running.append(simulator)
        token = re.search(r"(00\S{40})", simulator.stdout.readline()).group(1)
        subprocess.run([MUSTER, "connect", url, "--name", "acme", "--token-file", "-", *data], input=token, text=True,
                       check=True, stdout=subprocess.DEVNULL)
        subprocess.run([MUSTER, "sync", *data], check=True, stdout=subprocess.DEVNULL)
        server, address = started(["serve", "--port", "0", *data], r"Muster is at (http://\S+)")
        running.append(server)
        if options.hook:
            printed = subprocess.run([MUSTER, "hook", "acme", *data], text=True, check=True, capture_output=True).stdout
            path = re.search(r"https?://\S+?(/hooks/\S+)", printed).group(1)
            secret = os.path.join(folder, "hook.secret")
            with open(secret, "w") as file:
                file.write(re.search(r"^Secret\s+(\S+)", printed, re.M).group(1))
            # The same company, from another process that delivers besides.
            simulator.terminate()
            simulator.wait()
            running[0], _ = started(
                [*tenant, "--port", url.rsplit(":", 1)[1], "--hook", address + path, "--hook-secret-file", secret],
                r"(http://[\w.:]+)")
        # What happened before somebody followed is no measure of following.
        time.sleep(40)
        before, cpu = figures(folder), cpu_seconds(server)
        time.sleep(options.minutes * 60)
        after, cpu = figures(folder), cpu_seconds(server) - cpu
        took = {name: after[name] - before[name] for name in after}
        changes = sum(took[bound] for bound in BOUNDS)
        way = "idle" if options.idle else "hook" if options.hook else "System Log alone"
        print(f"{options.people} people, {pace} changes a minute, {options.minutes:g} minutes, {way}")
        print(f"calls an hour: {(took['log_calls'] + took['other_calls']) * 60 / options.minutes:.0f}"
              f" ({took['log_calls']} asked the log, {took['other_calls']} read again); {took['events']} events")
        sums = 0
        for bound in BOUNDS:
            sums += took[bound]
            share = f"{sums * 100 / changes:.0f} %" if changes else "-"
            print(f"  {bound.replace('_', ' '):12} {took[bound]:7} {share:>6}")
        print(f"waiting at the end: {after['waiting']}; server: {cpu:.1f} CPU s, {peak_megabytes(server):.0f} MB at most")
    finally:
        for process in reversed(running):
            process.terminate()
            process.wait()
        shutil.rmtree(folder)


main()
