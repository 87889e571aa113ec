#!/usr/bin/env python3
"""A greedy agent: takes of one thing what it can get, several times what it may have, and says how much that was.

It stops by itself at a bound that hurts no machine, and then holds what it has, for whoever measures only now and then.
"""

from __future__ import annotations

import ctypes
import errno
import json
import mmap
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

MB = 1 << 20
JUNK = b"x" * MB
HOLD_S = 8
libc = ctypes.CDLL(None, use_errno=True)
held: list[object] = []


def say(got: int, why: object = "") -> None:
    print(json.dumps({"got": got, "why": str(why)[:200]}), flush=True)


def fill(folder: str, most_mb: int = 160, delete: bool = False) -> None:
    """Files of 4 MB, until something stops us."""
    got = 0
    try:
        while got < most_mb:
            file = open(f"{folder}/fill-{got}", "wb", buffering=0)
            held.append(file)
            if delete:
                os.unlink(f"{folder}/fill-{got}")
            for _ in range(4):
                file.write(JUNK)
                got += 1
    except OSError as e:
        say(got, e)
        if "fill-" in " ".join(os.listdir(folder)) and folder in ("/tmp", "/dev/shm"):
            raise SystemExit(0) from None
        raise SystemExit(1) from None
    say(got)


def entries(folder: str, most: int = 9000) -> None:
    got = 0
    try:
        for got in range(most):
            os.close(os.open(f"{folder}/entry-{got}", os.O_CREAT | os.O_WRONLY))
    except OSError as e:
        say(got, e)
        raise SystemExit(0) from None
    say(most)


def forks() -> None:
    got = 0
    for _ in range(600):
        try:
            if os.fork() == 0:
                time.sleep(HOLD_S)
                os._exit(0)
        except OSError as e:
            say(got, e)
            time.sleep(1.5)
            raise SystemExit(1) from None
        got += 1
    say(got)


def memory(most_mb: int = 700) -> None:
    got = 0
    try:
        while got < most_mb:
            held.append(bytearray(JUNK * 4))
            got += 4
    except MemoryError as e:
        say(got, repr(e))
        time.sleep(5)  # within which what it holds is measured, however busy the machine is
        raise SystemExit(1) from None
    say(got)


def memory_of_many() -> None:
    for _ in range(12):
        if os.fork() == 0:
            memory(60)
            time.sleep(HOLD_S)
            os._exit(0)


def shared() -> None:
    room = mmap.mmap(-1, 700 * MB)
    for at in range(0, len(room), 4096):
        room[at] = 1
    held.append(room)
    say(700)


def memory_file() -> None:
    got = 0
    while got < 700:
        fd = os.memfd_create("x")
        for _ in range(4):
            os.write(fd, JUNK)
            got += 1
    say(got)


def segments() -> None:
    """Shared memory of System V, which stays when nobody has it mapped; as many as there can be, in case the size is bounded."""
    libc.shmat.restype = ctypes.c_void_p
    try:
        Path("/proc/sys/kernel/shmmni").write_text("32768")  # of our own namespace
    except OSError:
        pass
    got = 0
    size = 10 * MB
    while got < 700 * MB:
        key = libc.shmget(0, size, 0o1600)
        if key < 0 and ctypes.get_errno() == errno.EINVAL and size > 4096:
            size = 64 * 1024 if size > 64 * 1024 else 4096
            continue
        at = libc.shmat(key, None, 0) if key >= 0 else None
        if at is None or at == ctypes.c_void_p(-1).value:
            say(got >> 20, os.strerror(ctypes.get_errno()))
            raise SystemExit(0)
        ctypes.memset(at, 1, size)
        libc.shmdt(ctypes.c_void_p(at))
        got += size
    say(got >> 20)


def queues() -> None:
    got = 0
    for got in range(1000):
        if libc.msgget(0, 0o1600) < 0:
            say(1, "No space left" if ctypes.get_errno() == errno.ENOSYS else os.strerror(ctypes.get_errno()))
            raise SystemExit(0)
    say(got)


def output() -> None:
    line = "x" * 60000
    for n in range(1000):
        print(n, line)


def one_line() -> None:
    for _ in range(60):
        sys.stdout.write("x" * MB)
    print(flush=True)


def errors() -> None:
    for n in range(1000):
        print(n, "y" * 60000, file=sys.stderr)


def one_file(sparse: bool) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    with open("big", "wb", buffering=0) as file:
        if sparse:
            file.truncate(1 << 40)
        for n in range(100):
            file.write(JUNK)
            say(n + 1)


def stay() -> None:
    if os.fork():
        say(0)
    time.sleep(3600)


def processor() -> None:
    while True:
        pass


HOME = os.environ.get("HOME", "/nonexistent")
WAYS: dict[str, Callable[[], None]] = {
    "tmp": lambda: fill("/tmp"), "shm": lambda: fill("/dev/shm"), "workspace": lambda: fill("."), "home": lambda: fill(HOME),
    "deleted": lambda: fill(".", delete=True), "deleted-home": lambda: fill(HOME, delete=True),
    "entries-tmp": lambda: entries("/tmp"), "entries-shm": lambda: entries("/dev/shm"), "entries": lambda: entries("."), "entries-home": lambda: entries(HOME),
    "forks": forks, "memory": memory, "memory-of-many": memory_of_many, "shared": shared, "memory-file": memory_file, "segments": segments, "queues": queues,
    "output": output, "one-line": one_line, "errors": errors, "file": lambda: one_file(False), "sparse": lambda: one_file(True), "processor": processor, "stay": stay,
}  # fmt: skip

Path("started").touch()
WAYS[sys.argv[1].split("way=")[1].split()[0]]()
time.sleep(HOLD_S)
