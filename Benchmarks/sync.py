#!/usr/bin/env python3
"""Measures whole first and second syncs of simulated tenants, as a user would run them.

    swift build -c release --product muster
    Benchmarks/sync.py [S|M|L|workforce ...]
    Benchmarks/sync.py --database postgres://muster@/muster?host=/run/postgresql [--times N] [S|M|L|workforce ...]

Each run is a `muster sync` process of its own against a `muster simulate` process of its own; CPU seconds (user + system)
and peak memory are the operating system's account of the sync process alone. Figures go to standard output as a table.
With --database, each size is synced into the embedded database and then into a fresh schema of that PostgreSQL database
(through psql), and the two are compared: wall seconds of the sync and rows it wrote a second. The server's work is not
in the CPU seconds, but told beside them where it runs on this machine. `--times N` repeats each comparison, one database
after the other, and compares the middle of each.
"""

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MUSTER = os.environ.pop("MUSTER_BIN", os.path.join(ROOT, ".build/release/muster"))
SIZES = {
    "S": ["--people", "1000", "--groups", "100", "--apps", "50"],
    "M": ["--people", "5000", "--groups", "500", "--apps", "150"],
    "L": ["--people", "100000", "--groups", "1000", "--apps", "400"],
    # A window of 6 s stands for Okta's 60 s: the same pace for ten times the calls.
    "workforce": ["--people", "2000", "--limits", "workforce", "--limit-window", "6"],
}


def start_simulator(arguments):
    process = subprocess.Popen(
        [MUSTER, "simulate", "--port", "0", "--seed", "7", *arguments],
        stdout=subprocess.PIPE, text=True)
    url = token = None
    while url is None or token is None:
        line = process.stdout.readline()
        if not line:
            raise SystemExit("the simulator did not start")
        url = url or next(iter(re.findall(r"http://[\w.:]+", line)), None)
        found = re.search(r"[Tt]oken:?\s+(\S+)", line)
        token = token or (found.group(1) if found else None)
    return process, url, token


def measured(arguments):
    """Runs a command; gives its output, wall seconds, CPU seconds and peak memory in MB."""
    begin = time.monotonic()
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - begin
    return process.returncode, output, wall, usage.ru_utime, usage.ru_stime, usage.ru_maxrss / 1024


def store_bytes(folder):
    subprocess.run(["sqlite3", os.path.join(folder, "muster.db"), "PRAGMA wal_checkpoint(TRUNCATE)"], capture_output=True)
    return sum(os.path.getsize(os.path.join(folder, name)) for name in os.listdir(folder) if name.startswith("muster.db"))


def schema(database, statement):
    """Runs a statement about the benchmark's schema; gives the address that leads into it."""
    subprocess.run(["psql", "-q", "-d", database, "-c", f"SET client_min_messages = error; {statement}"], check=True)
    return database + ("&" if "?" in database else "?") + "options=-csearch_path%3Dmuster_benchmark"


def postmaster(database):
    """The process id of a server on this machine; nothing of one elsewhere."""
    found = subprocess.run(["psql", "-qAt", "-d", database, "-c", "SHOW data_directory"], capture_output=True, text=True)
    try:
        with open(os.path.join(found.stdout.strip(), "postmaster.pid")) as file:
            return file.readline().strip()
    except OSError:
        return None


def server_cpu(pid):
    """CPU seconds that a server and its sessions have spent so far, those that have ended too."""
    ticks = 0
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{process}/stat") as file:
                fields = file.read().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if process == pid:
            ticks += sum(int(field) for field in fields[11:15])
        elif fields[1] == pid:
            ticks += sum(int(field) for field in fields[11:13])
    return ticks / os.sysconf("SC_CLK_TCK")


def benchmark(name, database=None):
    """Measures both syncs; gives the wall seconds of the first, how many rows it wrote, and all its CPU seconds."""
    folder = tempfile.mkdtemp(prefix="muster-benchmark-")
    os.environ.pop("MUSTER_DATABASE", None)
    if database:
        address = schema(database, "DROP SCHEMA IF EXISTS muster_benchmark CASCADE; CREATE SCHEMA muster_benchmark")
        os.environ["MUSTER_DATABASE"] = address
    first = None
    server = postmaster(database) if database else None
    simulator, url, token = start_simulator(SIZES[name])
    try:
        connect = [MUSTER, "connect", url, "--name", "bench", "--token-file", "-", "--data", folder]
        subprocess.run(connect, input=token, text=True, check=True, stdout=subprocess.DEVNULL)
        for which in ["first", "second"]:
            before = server_cpu(server) if server else 0
            code, output, wall, user, system, memory = measured(
                [MUSTER, "sync", "bench", "--json", "--log-level", "error", "--data", folder])
            served = server_cpu(server) - before if server else 0
            run = json.loads(output)
            rows = run["counts"].get("assignments", {}).get("seen", 0)
            all_rows = sum(count.get("seen", 0) for count in run["counts"].values())
            first = first or (wall, all_rows, user + system + served)
            store = "" if database else f"  store {store_bytes(folder) / 1e6:.1f} MB"
            store = f"  server cpu {served:.2f} s" if server else store
            print(
                f"{name:10} {'postgresql' if database else 'sqlite':10} {which:6} {run['status']:9} exit {code}  wall {wall:7.2f} s  cpu {user + system:6.2f} s "
                f"(user {user:.2f} + sys {system:.2f})  peak {memory:5.0f} MB  calls {run['calls']['total']:5} "
                f"(predicted {run['predicted_calls']})  429s {run['rate_limited']}  assignments {rows}  "
                f"{all_rows / wall:.0f} rows/s{store}", flush=True)
            print(f"           calls by class: {run['calls']['by_class']}", flush=True)
    finally:
        simulator.terminate()
        simulator.wait()
        shutil.rmtree(folder, ignore_errors=True)
        if database:
            os.environ.pop("MUSTER_DATABASE", None)
            schema(database, "DROP SCHEMA IF EXISTS muster_benchmark CASCADE")
    return first


def compare(name, database, times):
    runs = [(benchmark(name), benchmark(name, database)) for _ in range(times)]
    embedded, server = ([statistics.median(run[which][part] for run in runs) for part in range(3)] for which in range(2))
    print(
        f"{name:10} first sync: PostgreSQL takes {server[0] / embedded[0]:.2f} times the wall seconds of SQLite and writes "
        f"{(server[1] / server[0]) / (embedded[1] / embedded[0]):.2f} times its rows a second; Muster and server together "
        f"take {server[2] / embedded[2]:.2f} times its CPU seconds (middle of {times})", flush=True)


if __name__ == "__main__":
    asked = sys.argv[1:]
    address, times = None, 1
    while asked and asked[0] in ("--database", "--times"):
        if asked[0] == "--database":
            address = asked[1]
        else:
            times = int(asked[1])
        asked = asked[2:]
    for size in asked or ["S", "M"]:
        if address:
            compare(size, address, times)
        else:
            benchmark(size)
