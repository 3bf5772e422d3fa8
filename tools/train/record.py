#!/usr/bin/python3
"""Records labelled vital signs of this machine under known loads, for training.

Usage: record.py --edgectl PROGRAM --output DIRECTORY [--chunk N]... [--replay-part N]...

A session is 12 chunks of about a minute in two rounds; each chunk holds every label once, in an order drawn from its
number, and is written to DIRECTORY/vitals-NN.csv with the label in the last column. Rows in which a load sets in or fades
have no label. Every second chunk runs with a light background: a broker with some traffic, three simulated sensors
and a web server that is asked once a second, because that is what a machine with this project on it looks like at rest.

A replay part is another minute: short loads with rest between them, twice through all labels. Part 0 begins
DIRECTORY/replay.csv, every other one is appended to it; devices without a machine of their own to look at replay it.

A chunk in which the idle machine was not idle (somebody else used it) is recorded again, up to five times.
"""
import argparse
import contextlib
import csv
import http.server
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

LABELS = ["idle", "compute", "memory", "disk", "network"]
ROUNDS = 2
LOADED_SECONDS = 8.0   # labelled seconds of each load
SETTLE_SECONDS = 1.6   # unlabelled before them, while the load sets in
FADE_SECONDS = 1.2     # unlabelled after them, while it fades
REPLAY_IDLE_SECONDS = 3.0
REPLAY_SETTLE_SECONDS = 0.8
REPLAY_LOADED_SECONDS = 3.2
BUSIEST_IDLE = 0.35    # mean busy share above which somebody else used the machine

# Six kinds of each load. {cores} is the number of processors, {half} half of it. Sizes vary by a factor drawn for each chunk.
LOADS = {
    "idle": [[], [], [], [], ["--cpu", "1", "--cpu-load", "6"], ["--fork", "1", "--fork-ops", "300"]],
    "compute": [
        ["--cpu", "{cores}"],
        ["--cpu", "{half}"],
        ["--matrix", "{cores}"],
        ["--cpu", "{cores}", "--cpu-method", "int64"],
        ["--cpu", "{more}", "--cpu-method", "fft"],
        ["--cpu", "{cores}", "--cpu-load", "75"],
    ],
    "memory": [
        ["--vm", "{half}", "--vm-bytes", "{large}M"],
        ["--vm", "{cores}", "--vm-bytes", "{small}M"],
        ["--mmap", "1", "--mmap-bytes", "{small}M"],
        ["--malloc", "{cores}", "--malloc-bytes", "{small}M"],
        ["--vm", "1", "--vm-bytes", "{small}M", "--vm-method", "write64"],
        ["--brk", "1", "--brk-notouch", "--vm", "1", "--vm-bytes", "{large}M"],
    ],
    "disk": [
        ["--hdd", "1", "--hdd-bytes", "{large}M"],
        ["--hdd", "2"],
        ["--hdd", "1", "--hdd-opts", "direct,wr-seq", "--hdd-bytes", "{small}M"],
        ["--iomix", "1", "--iomix-bytes", "{small}M"],
        ["--hdd", "1", "--hdd-opts", "fsync,wr-rnd", "--hdd-bytes", "{small}M"],
        ["--hdd", "2", "--hdd-bytes", "{small}M", "--hdd-opts", "dsync"],
    ],
    "network": [
        ["--udp", "1"],
        ["--sock", "1"],
        ["--udp", "{half}", "--udp-domain", "ipv6"],
        ["--sock", "{cores}", "--sock-opts", "sendmsg"],
        ["--udp-flood", "1"],
        ["--sock", "1", "--sock-nodelay"],
    ],
}


def loads_of(label: str, chunk: int, draw: random.Random) -> list:
    """The stress-ng arguments of one label in one chunk; empty for a machine at rest."""
    kinds = LOADS[label]
    small = int(64 * draw.uniform(1, 4))
    sizes = {"cores": os.cpu_count() or 1, "half": max(1, (os.cpu_count() or 1) // 2), "more": 2 * (os.cpu_count() or 1),
             "small": small, "large": 4 * small}
    return [part.format(**sizes) for part in kinds[chunk % len(kinds)]]


@contextlib.contextmanager
def process(command: list, **options):
    running = subprocess.Popen(command, stdout=options.pop("stdout", subprocess.DEVNULL), stderr=subprocess.DEVNULL, **options)
    try:
        yield running
    finally:
        running.send_signal(signal.SIGTERM)
        try:
            running.wait(10)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


@contextlib.contextmanager
def background(edgectl: str):
    """The light load of a machine that this project runs on."""
    with contextlib.ExitStack() as stack:
        done = threading.Event()
        stack.callback(done.set)
        for seed in (1, 2, 3):
            stack.enter_context(process([edgectl, "record", "--sensor", "simulated", "--seed", str(seed), "--seconds", "3600", "--output", "/dev/null"]))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *_: None}))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        stack.callback(server.shutdown)

        def ask():
            while not done.wait(1):
                urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/").read()

        threading.Thread(target=ask, daemon=True).start()
        if shutil.which("mosquitto") and shutil.which("mosquitto_pub"):
            port = str(server.server_port + 1 if server.server_port < 65535 else 40001)
            stack.enter_context(process(["mosquitto", "-p", port]))
            time.sleep(0.5)
            stack.enter_context(process(["mosquitto_sub", "-p", port, "-t", "#"]))
            feed = stack.enter_context(process(["mosquitto_pub", "-p", port, "-t", "t", "-l", "-q", "1"], stdin=subprocess.PIPE, text=True))

            def publish():
                while not done.wait(0.05):
                    with contextlib.suppress(BrokenPipeError, ValueError):
                        feed.stdin.write("x" * 400 + "\n")
                        feed.stdin.flush()

            threading.Thread(target=publish, daemon=True).start()
        yield


def record_chunk(edgectl: str, chunk: int, raw: Path, scratch: str) -> list:
    """Records one chunk into a file. Returns [(label, first unix ms, last unix ms)] of the loads."""
    draw = random.Random(chunk)
    order = LABELS[:]
    draw.shuffle(order)
    spans = []
    with contextlib.ExitStack() as stack:
        if chunk % 2 == 1:
            stack.enter_context(background(edgectl))
            time.sleep(1)
        recorder = stack.enter_context(process([edgectl, "record", "--sensor", "vitals", "--rate", "5", "--seconds", "3600", "--digits", "4", "--output", str(raw)]))
        time.sleep(SETTLE_SECONDS)
        for label in order:
            arguments = loads_of(label, chunk, draw)
            load = contextlib.nullcontext()
            if arguments:
                load = process(["stress-ng", "--quiet", "--temp-path", scratch, "--timeout", "60s", *arguments], cwd=scratch)
            with load as running:
                time.sleep(SETTLE_SECONDS)
                first = time.time()
                time.sleep(LOADED_SECONDS)
                # fork-ops ends by itself; anything else that ended was not the load it should have been.
                if running is not None and running.poll() not in (None, 0):
                    sys.exit(f"record.py: stress-ng {' '.join(arguments)} ended with {running.returncode}")
                spans.append((label, first * 1000, time.time() * 1000))
            time.sleep(FADE_SECONDS)
        recorder.send_signal(signal.SIGTERM)
        recorder.wait(10)
    return spans


def record_replay(edgectl: str, part: int, raw: Path, scratch: str) -> list:
    """Records a minute of short loads, as record_chunk does."""
    draw = random.Random(1000 + part)
    spans = []
    with contextlib.ExitStack() as stack:
        stack.enter_context(background(edgectl))
        time.sleep(1)
        recorder = stack.enter_context(process([edgectl, "record", "--sensor", "vitals", "--rate", "5", "--seconds", "3600", "--digits", "4", "--output", str(raw)]))
        for turn in range(2):
            for label in draw.sample(LABELS[1:], len(LABELS) - 1):
                at = time.time()
                time.sleep(REPLAY_IDLE_SECONDS)
                spans.append(("idle", (at + FADE_SECONDS) * 1000, time.time() * 1000))
                arguments = loads_of(label, 2 * part + turn, draw)
                with process(["stress-ng", "--quiet", "--temp-path", scratch, "--timeout", "60s", *arguments], cwd=scratch):
                    time.sleep(REPLAY_SETTLE_SECONDS)
                    at = time.time()
                    time.sleep(REPLAY_LOADED_SECONDS)
                    spans.append((label, at * 1000, time.time() * 1000))
        recorder.send_signal(signal.SIGTERM)
        recorder.wait(10)
    return spans


def append_replay(file: Path, rows: list, part: int) -> None:
    """Begins or goes on with a recording in seconds of its own."""
    start = 0.0
    if part:
        with file.open(newline="") as text:
            start = float(list(csv.reader(text))[-1][0]) + 0.2
    first = float(rows[1][0])
    with file.open("a" if part else "w", newline="") as text:
        out = csv.writer(text, lineterminator="\n")
        if not part:
            out.writerow(["seconds", *rows[0][1:]])
        for row in rows[1:]:
            out.writerow([f"{start + (float(row[0]) - first) / 1000:.3f}".rstrip("0").rstrip("."), *row[1:]])


def label_rows(raw: Path, spans: list) -> list:
    with raw.open(newline="") as text:
        rows = list(csv.reader(text))
    header, rows = rows[0], rows[1:]
    labelled = [header + ["label"]]
    for row in rows:
        # A frame tells of the 0.2 s before it, all of which must lie within the load.
        at = float(row[0])
        label = next((name for name, first, last in spans if first + 200 <= at <= last), "")
        labelled.append(row + [label])
    return labelled


def idle_busy(rows: list) -> float:
    busy = rows[0].index("cpu_busy")
    values = [float(row[busy]) for row in rows[1:] if row[-1] == "idle"]
    return sum(values) / max(len(values), 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--edgectl", required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--chunk", type=int, action="append", help="only this chunk, 0 to 11; may be repeated")
    parser.add_argument("--replay-part", type=int, action="append", help="only this part of the replay, 0 to 3; may be repeated")
    parser.add_argument("--tries", type=int, default=5, help="times a chunk is recorded until the idle machine was idle")
    options = parser.parse_args()
    # Ended from outside, it ends its loads and its background as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options.output.mkdir(parents=True, exist_ok=True)
    per_round = len(LOADS["compute"])
    chunks = options.chunk or ([] if options.replay_part else range(ROUNDS * per_round))
    for chunk in chunks:
        rows = attempt(f"chunk {chunk:2}", record_chunk, chunk, options)
        with (options.output / f"vitals-{chunk:02}.csv").open("w", newline="") as text:
            csv.writer(text, lineterminator="\n").writerows(rows)
    for part in options.replay_part or ([] if options.chunk else range(4)):
        append_replay(options.output / "replay.csv", attempt(f"replay {part}", record_replay, part, options), part)


def attempt(name: str, record, number: int, options) -> list:
    """Records until the idle machine was idle; returns the labelled rows."""
    for left in reversed(range(options.tries)):
        with tempfile.TemporaryDirectory(dir=options.output.parent) as scratch:
            raw = Path(scratch) / "raw.csv"
            rows = label_rows(raw, record(options.edgectl, number, raw, scratch))
        busy = idle_busy(rows)
        print(f"{name}: {len(rows) - 1} rows, idle {busy:.0%} busy", flush=True)
        if busy <= BUSIEST_IDLE:
            return rows
        print(f"{name}: somebody else uses this machine; {left} tries left", flush=True)
    return sys.exit(f"record.py: the machine was never at rest; {name} was not recorded")


if __name__ == "__main__":
    main()
