#!/usr/bin/env python3
"""Measure how soon a program's screen shows what it should.

    scripts/startup.py [-s 120x40] [-n 10] REGEXP... -- COMMAND [ARG]...

Starts the command n times on a pseudo-terminal, answers the queries that programs send at start, and prints the
milliseconds from the start to the output of each REGEXP, one after the other: median and maximum. An ARG {new} is an
empty directory, another one each time: with --state {new} nothing is known of the corpus from earlier runs.
"""
import fcntl
import os
import pty
import re
import select
import shutil
import signal
import statistics
import struct
import sys
import tempfile
import termios
import time

REPLIES = [(rb"\x1b\[c", b"\x1b[?62;22c"), (rb"\x1b\]11;\?(\x07|\x1b\\)", b"\x1b]11;rgb:1616/1616/1e1e\x1b\\")]
LIMIT = 60  # seconds


def run(argv, size, wanted):
    """Start the command once; the milliseconds to each of the wanted, or None."""
    new = tempfile.mkdtemp()
    start = time.perf_counter()
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", LANG="C.UTF-8")
        os.execvp(argv[0], [a.replace("{new}", new) for a in argv])
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    found, seen = [], b""
    try:
        while len(found) < len(wanted) and select.select([fd], [], [], LIMIT)[0]:
            try:
                got = os.read(fd, 65536)
            except OSError:
                break
            for query, reply in REPLIES:
                if re.search(query, got):
                    os.write(fd, reply)
            seen += got
            while len(found) < len(wanted) and re.search(wanted[len(found)], seen):
                found.append((time.perf_counter() - start) * 1e3)
    finally:
        stop(pid, fd)
        shutil.rmtree(new, ignore_errors=True)
    return found + [None] * (len(wanted) - len(found))


def stop(pid, fd):
    """End the program, reading what it still writes."""
    os.kill(pid, signal.SIGTERM)
    end = time.time() + 10
    while os.waitpid(pid, os.WNOHANG) == (0, 0):
        if time.time() > end:
            os.kill(pid, signal.SIGKILL)
        try:
            if select.select([fd], [], [], 0.05)[0]:
                os.read(fd, 65536)
        except OSError:
            time.sleep(0.02)
    os.close(fd)


def main(args):
    size, n, wanted = (120, 40), 10, []
    if "--" not in args:
        sys.exit(__doc__)
    cut = args.index("--")
    options, argv = args[:cut], args[cut + 1:]
    while options:
        o = options.pop(0)
        if o == "-s":
            size = tuple(map(int, options.pop(0).split("x")))
        elif o == "-n":
            n = int(options.pop(0))
        else:
            wanted.append(o.encode())
    runs = [run(argv, size, wanted) for _ in range(n)]
    for i, w in enumerate(wanted):
        ms = [r[i] for r in runs]
        if None in ms:
            print(f"{w.decode():20} never in {ms.count(None)} of {n} runs")
            continue
        print(f"{w.decode():20} median {statistics.median(ms):7.0f} ms   maximum {max(ms):7.0f} ms")


main(sys.argv[1:])
