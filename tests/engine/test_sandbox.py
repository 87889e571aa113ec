"""What an agent sees, reaches and may use up.  The attack tests try to get out; these look at what is there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess

import instance as place
import pytest
import storage
from instance import Instance, stop

Json = dict[str, object]


def inside(instance: Instance, script: str, **step: object) -> tuple[Json, list[str]]:
    """Run it as an agent; the run, and what it said."""
    instance.agent("inside", script)
    run = instance.start(instance.workflow({"role": "custom", "agent": "inside"} | step), "live")
    instance.drain()
    ended = instance.finish(run, "live")
    return ended, instance.texts(run, "live")


def told(instance: Instance, script: str) -> object:
    ended, texts = inside(instance, "import json\n" + script)
    assert ended["status"] == "completed", (ended, texts)
    return json.loads(texts[-1])


def test_what_is_not_listed_does_not_exist(instance: Instance) -> None:
    got = told(instance, "import os\nprint(json.dumps([sorted(os.listdir(p)) for p in ('/', '/work', '/home', '/home/agent')]))")
    assert isinstance(got, list)
    root, work, homes, home = got
    assert set(root) - {"root", "lib32", "libx32", "opt"} == {"artifacts", "bin", "dev", "etc", "home", "lib", "lib64", "proc", "run", "sbin", "tmp", "usr", "var", "work"} & set(root)
    assert (work, homes, home) == ([], ["agent"], [])


def test_only_its_own_places_are_writable(instance: Instance) -> None:
    places = ["/", "/dev", "/etc", "/run", "/usr", "/home", "/var", "/proc/sys/kernel", "/work", "/home/agent", "/tmp", "/dev/shm"]
    script = f"import os\ndef may(p):\n    try: open(p + '/x', 'w').close(); return True\n    except OSError: return False\nprint(json.dumps([p for p in {places!r} if may(p)]))"
    assert told(instance, script) == places[-4:]


def test_nobody_inside_has_the_workers_environment(instance: Instance) -> None:
    instance.environment["CC_TEST_ONLY"] = "worker"
    instance.ask("PATCH", "/project/settings", {"envVars": {"MINE": "yes", "GITHUB_TOKEN": "gh-secret-token", "GIT_TOKEN": "other-secret", "GIT_SSH_KEY": "a-key"}})
    script = "import glob, os\nown = dict(os.environ)\nprint(json.dumps([own, [open(p, errors='replace').read() for p in glob.glob('/proc/[0-9]*/environ')], [open(p).read() for p in glob.glob('/proc/[0-9]*/cmdline')]]))"
    got = told(instance, script)
    assert isinstance(got, list)
    own, environs, lines = got
    assert own["MINE"] == "yes" and not {"GITHUB_TOKEN", "GIT_TOKEN", "GIT_SSH_KEY", "CC_TEST_ONLY"} & set(own)
    assert "worker" not in "".join(environs) and environs[0] == "", "process 1 shows an environment"
    assert str(instance.data) not in "".join(environs + lines) + str(own)


CALLS = """
import ctypes, errno, socket
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *values):
    done = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(v) for v in values])
    return "done" if done >= 0 else errno.errorcode[ctypes.get_errno()]
def made(family, kind, protocol=0):
    try: socket.socket(family, kind, protocol).close(); return True
    except OSError: return False
"""


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the numbers are of another machine")
def test_system_calls_that_only_attacks_need_are_refused(instance: Instance) -> None:
    refused = {
        "mount": 165, "umount2": 166, "pivot_root": 155, "chroot": 161, "open_tree": 428, "move_mount": 429, "fsopen": 430, "fspick": 433,
        "mount_setattr": 442, "unshare": 272, "setns": 308, "ptrace": 101, "process_vm_readv": 310, "process_vm_writev": 311, "add_key": 248,
        "request_key": 249, "keyctl": 250, "bpf": 321, "userfaultfd": 323, "perf_event_open": 298, "init_module": 175, "kexec_load": 246,
        "kexec_file_load": 320, "open_by_handle_at": 304, "name_to_handle_at": 303, "quotactl": 179, "swapon": 167, "reboot": 169, "acct": 163, "syslog": 103,
    }  # fmt: skip
    numbers = list(refused.values())
    script = CALLS + f"print(json.dumps([call(n, 0, 0, 0, 0, 0) for n in {numbers!r}] + [call(56, 0x10000011, 0, 0, 0, 0), call(135, 0x400000)]))"
    assert told(instance, script) == ["EPERM"] * (len(numbers) + 2)
    # What a program does without, what came after the table, and another machine's numbers.
    assert told(instance, CALLS + "print(json.dumps([call(n, 0, 0) for n in (435, 425, 463, 9999, 0x40000000 + 39)]))") == ["ENOSYS"] * 5
    families = [(1, 1, 0), (2, 1, 0), (10, 2, 0), (16, 3, 0), (16, 3, 12), (17, 3, 0), (40, 1, 0), (38, 5, 0), (31, 3, 1)]
    assert told(instance, CALLS + f"print(json.dumps([made(*f) for f in {families!r}]))") == [True] * 4 + [False] * 5
    script = CALLS + "import fcntl\ndef asked(n):\n    try: fcntl.ioctl(1, n, b'x'); return 0\n    except OSError as e: return e.errno\nprint(json.dumps([asked(0x5412), asked(0x541c)]))"
    assert told(instance, script) == [1, 1]


def test_tool_chains_work_inside(instance: Instance) -> None:
    script = """
import shutil, subprocess
open("a.c", "w").write("int main(void) { return 7; }")
lines = [["git", "init", "-q", "x"], ["cc", "a.c", "-o", "a"], ["node", "-e", "new Worker('', {eval: true}).terminate()"] , ["python3", "-c", "import ssl, threading, multiprocessing"]]
print(json.dumps([w[0] for w in lines if shutil.which(w[0]) and subprocess.run(w, capture_output=True).returncode not in (0,) and w[0] != "node"]))
"""
    assert told(instance, script) == []


def test_further_directories_are_shown_read_only(instance: Instance) -> None:
    chain = instance.folder / "chain" / "bin"
    chain.mkdir(parents=True)
    (chain / "tool").write_text("#!/bin/sh\necho tool\n")
    (chain / "tool").chmod(0o755)
    instance.folder.chmod(0o755)
    instance.conf["sandboxPaths"] = str(chain.parent)
    instance.environment["PATH"] = f"{chain}{os.pathsep}{os.environ['PATH']}"
    script = f"import os, subprocess\nprint(json.dumps([subprocess.run(['tool'], capture_output=True, text=True).stdout, os.access({str(chain)!r}, os.W_OK)]))"
    assert told(instance, script) == ["tool\n", False]


def test_no_network_but_the_proxy(instance: Instance) -> None:
    script = "import os\nprint(json.dumps([sorted(os.listdir('/sys/class/net')) if os.path.isdir('/sys/class/net') else [], [l.split(':')[0].strip() for l in open('/proc/net/dev').readlines()[2:]]]))"
    assert told(instance, script) == [[], ["lo"]]
    ended, texts = inside(instance, "import urllib.request\ntry: urllib.request.urlopen('http://nowhere.example.org/')\nexcept OSError as e: print(e)\n")
    assert any("nowhere.example.org:80" in t and "egressHosts" in t for t in texts), texts


@pytest.mark.produces("SANDBOX_BROKEN")
def test_without_a_sandbox_live_runs_are_refused(instance: Instance) -> None:
    instance.agent("idle", "print('ran')\n")
    empty = instance.folder / "empty"
    empty.mkdir()
    instance.environment["PATH"] = str(empty)
    run = instance.start(instance.workflow({"role": "custom", "agent": "idle"}), "live")
    test = instance.start(instance.workflow({"role": "custom"}))
    instance.drain()
    ended = instance.finish(run, "live")
    assert ended["status"] == "failed" and "bubblewrap" in ended["error"] and "sandbox = off" in ended["error"], ended
    assert instance.finish(test)["status"] == "completed", "a rehearsal needs none"


@pytest.mark.parametrize("name, value", [("sandbox", "auto"), ("agentNetwork", "0"), ("agentNetwork", "1")])
def test_settings_of_before_are_understood(instance: Instance, name: str, value: str) -> None:
    instance.conf[name] = value
    instance.write_conf()
    doctor = instance.command("doctor", "--data", str(instance.data), check=False)
    assert "codecourier.conf line" not in doctor.stderr + doctor.stdout


LIMITS = {
    "agentMemoryMb": ("MEMORY_EXCEEDED", 128, "import os, time\nkept = []\nfor _ in range(3):\n    if not os.fork():\n        for _ in range(70): kept.append(bytearray(os.urandom(1 << 20)))\n        time.sleep(30)\ntime.sleep(30)\n"),
    "agentCpuSeconds": ("CPU_EXCEEDED", 1, "while True: pass\n"),
    "agentFileMb": ("FILE_EXCEEDED", 1, "import signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_DFL)\nopen('big', 'wb').write(bytes(3 << 20))\n"),
    "workspaceMb": ("SIZE_EXCEEDED", 8, "for n in range(6): open(f'f{n}', 'wb').write(bytes(2 << 20))\n"),
    "workspaceFiles": ("FILES_EXCEEDED", 100, "import os\nos.makedirs('d/e')\nfor n in range(200): os.symlink('/nowhere', f'd/e/{n}')\nos.chmod('d/e', 0)\n"),
    "runOutputMb": ("OUTPUT_EXCEEDED", 1, "for n in range(60): print('x' * 60000)\nimport time\ntime.sleep(30)\n"),
    "agentProcesses": ("PROCESSES_EXCEEDED", 40, "import os, time\ntry:\n    for _ in range(100):\n        if not os.fork(): time.sleep(30); os._exit(0)\nfinally: time.sleep(1.5)\n"),
}


REFUSALS = {
    "agentProcesses": (20, "import os, time\nfor _ in range(50):\n    if not os.fork(): time.sleep(30); os._exit(0)\n"),
    "agentMemoryMb": (64, "bytearray(1 << 30)\n"),
    "agentTmpMb": (1, "open('/tmp/x', 'wb').write(bytes(4 << 20))\n"),
    "agentFileMb": (1, "open('x', 'wb').write(bytes(4 << 20))\n"),
}


@pytest.mark.parametrize("setting", REFUSALS)
@pytest.mark.produces("LIMIT_PERHAPS")
def test_what_the_kernel_refuses_at_once_names_the_setting(instance: Instance, setting: str) -> None:
    instance.conf[setting], script = REFUSALS[setting]
    ended, _ = inside(instance, script)
    assert ended["status"] == "failed" and f"setting {setting}: " in str(ended["error"]), ended


# Refused memory that they never had, so that nobody has seen them use it; and what they then say or do.
REFUSED = {
    "it does not look": "import ctypes\nlibc = ctypes.CDLL(None)\nlibc.malloc.restype = ctypes.c_void_p\nlibc.malloc.argtypes = [ctypes.c_size_t]\nctypes.memset(libc.malloc(8 << 30), 1, 100)\n",
    "it gives up": "import os\ntry: bytearray(1 << 30)\nexcept MemoryError: os.abort()\n",
    "it is of Rust": "import os, sys\ntry: bytearray(1 << 30)\nexcept MemoryError: sys.exit('memory allocation of 1073741824 bytes failed')\n",
    "it is of Go": "import os, sys\ntry: bytearray(1 << 30)\nexcept MemoryError: sys.exit('runtime: cannot allocate memory')\n",
    "it is of C++": "import os, sys\ntry: bytearray(1 << 30)\nexcept MemoryError: sys.exit('  what():  std::bad_alloc')\n",
}


@pytest.mark.parametrize("how", REFUSED)
def test_an_agent_that_was_refused_memory_names_the_setting(instance: Instance, how: str) -> None:
    instance.conf["agentMemoryMb"] = 64
    ended, texts = inside(instance, REFUSED[how])
    assert ended["status"] == "failed" and "setting agentMemoryMb" in str(ended["error"]), (ended["error"], texts)


@pytest.mark.parametrize("setting", [pytest.param(setting, marks=pytest.mark.produces(limit[0])) for setting, limit in LIMITS.items()])
def test_over_a_limit_is_a_reason_that_names_the_setting(instance: Instance, setting: str) -> None:
    _, instance.conf[setting], script = LIMITS[setting]
    ended, texts = inside(instance, script, timeoutSeconds=20)
    assert ended["status"] == "failed" and setting in str(ended["error"]), (ended, texts[-3:])
    assert list((instance.data / "runs").glob("*/work")), "the directory is kept"


@pytest.mark.parametrize("place", ["/tmp", "/dev/shm"])
def test_memory_that_is_a_file_system_is_bounded_in_bytes_and_files(instance: Instance, place: str) -> None:
    instance.conf["agentTmpMb"] = 4
    script = f"""
import os
made = 0
try:
    while made < 20000: os.close(os.open(f"{place}/{{made}}", os.O_CREAT)); made += 1
except OSError: pass
for n in range(made): os.unlink(f"{place}/{{n}}")
size = 0
try:
    with open("{place}/big", "wb", buffering=0) as f:
        while size < 64 << 20: size += f.write(bytes(1 << 16))
except OSError: pass
print(json.dumps([made, size]))
"""
    got = told(instance, script)
    assert isinstance(got, list) and got[0] < 5000 and got[1] <= 4 << 20


def test_each_project_has_a_home_of_its_own(instance: Instance) -> None:
    sign_ins = instance.folder / "sign-ins"
    (sign_ins / "deep").mkdir(parents=True)
    (sign_ins / "deep" / "token").write_text("signed in")
    (sign_ins / "link").symlink_to("/etc/shadow")
    instance.conf["agentHome"] = str(sign_ins)
    script = "import os\nhome = os.environ['HOME']\nwas = sorted(os.listdir(home))\nopen(home + '/mine', 'w').write('x')\nprint(json.dumps([was, open(home + '/deep/token').read(), os.path.exists(home + '/link')]))"
    assert told(instance, script) == [["deep", "link"], "signed in", False]
    assert told(instance, script) == [["deep", "link", "mine"], "signed in", False], "the project's home is kept"
    assert not (sign_ins / "mine").exists(), "the operator's own was written to"
    assert (instance.data / "homes").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("what", ["home", "data", "nothing"])
@pytest.mark.produces("AGENT_HOME_REFUSED")
def test_a_home_that_would_show_too_much_is_refused(instance: Instance, what: str) -> None:
    places = {"home": instance.folder / "me", "data": instance.folder, "nothing": instance.folder / "none"}
    places["home"].mkdir()
    instance.environment["HOME"] = str(places["home"])
    instance.conf["agentHome"] = str(places[what])
    ended, _ = inside(instance, "print('ran')\n")
    assert ended["status"] == "failed" and "agentHome" in str(ended["error"])


@pytest.mark.produces("DEPTH_EXCEEDED")
def test_what_an_agent_left_is_removed_whatever_it_is(instance: Instance) -> None:
    victim = instance.folder / "victim"
    (victim / "kept").mkdir(parents=True)
    instance.folder.chmod(0o755)
    script = f"""
import os, socket
os.symlink({str(victim)!r}, "out")
os.mkfifo("pipe")
socket.socket(socket.AF_UNIX).bind("socket")
open("-rf", "w").close()
for n in range(400):
    os.mkdir("d"); os.chdir("d")
os.chmod("..", 0)
"""
    instance.conf["keepWorkspaceDays"] = 0
    ended, _ = inside(instance, script)
    assert "nested too deeply" in str(ended["error"])
    os.utime(next((instance.data / "runs").glob("*/finished")), (1, 1))
    instance.drain()
    assert not list((instance.data / "runs").iterdir()) and (victim / "kept").exists()


@pytest.mark.parametrize(("setting", "said"), [("bubblewrap", "sandbox"), ("off", "off")])
def test_each_run_says_how_its_agents_were_kept_apart(instance: Instance, setting: str, said: str) -> None:
    instance.conf["sandbox"] = setting
    ended, texts = inside(instance, "print('ran')\n")
    (step,) = instance.steps(str(ended["id"]), "live")
    assert (step["isolation"], texts[-1]) == (said, "ran")
    told = [event["data"]["text"] for event in instance.follow(str(ended["id"]), "live") if event["data"].get("stream") == "worker"]
    assert any("sandbox = off" in text for text in told) == (setting == "off")
    assert ("sandbox = off" in instance.log_text()) == (setting == "off"), "the worker's log"
    doctor = instance.command("doctor", "--data", str(instance.data), check=False).stdout
    assert ("!!   isolation" in doctor) == (setting == "off"), doctor
    test = instance.start(instance.workflow({"role": "custom"}))
    instance.drain()
    assert instance.steps(test)[0]["isolation"] is None, "a rehearsal"


def test_of_a_home_only_the_agents_own_installation_is_seen(instance: Instance) -> None:
    me = instance.folder / "me"
    version = me / ".nvm" / "versions" / "node" / "v1"
    package = version / "lib" / "node_modules" / "agent"
    package.mkdir(parents=True)
    (version / "bin").mkdir()
    for secret in (".netrc", ".git-credentials", ".npmrc", ".pgpass"):
        (me / secret).write_text("secret")
    shutil.copy(os.path.realpath("/bin/sh"), version / "bin" / "node")
    (package / "part").write_text("beside it")
    (package / "cli.js").write_text(f'#!/usr/bin/env node\ncat "${{0%/*}}/part"; echo; command -v node; ls -A {me}\n')
    (package / "cli.js").chmod(0o755)
    (version / "bin" / "agent").symlink_to("../lib/node_modules/agent/cli.js")
    instance.environment |= {"HOME": str(me), "PATH": f"{version / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    instance.conf["agent.own"] = "agent"
    instance.write_conf()
    run = instance.start(instance.workflow({"role": "custom", "agent": "own"}), "live")
    instance.drain()
    ended = instance.finish(run, "live")
    assert ended["status"] == "completed", (ended, instance.texts(run, "live"))
    assert instance.texts(run, "live") == ["beside it", str(version / "bin" / "node"), ".nvm"]


@pytest.mark.parametrize("what", ["data", "home", "nothing"])
@pytest.mark.produces("SANDBOX_PATH_REFUSED")
def test_a_tool_chain_that_would_show_too_much_is_refused(instance: Instance, what: str) -> None:
    places = {"data": instance.data, "home": instance.folder / "me", "nothing": instance.folder / "none"}
    places["home"].mkdir()
    instance.environment["HOME"] = str(places["home"])
    instance.conf["sandboxPaths"] = f"/usr/local {places[what]}"
    ended, _ = inside(instance, "print('ran')\n")
    assert ended["status"] == "failed" and "sandboxPaths" in str(ended["error"]), ended


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("unshare") is None, reason="takes root, who makes a place without namespaces")
def test_a_machine_that_forbids_it_is_told_so_in_a_sentence(instance: Instance) -> None:
    """Whoever is in a chroot may not make a user namespace: much like in many containers."""
    instance.folder.chmod(0o755)
    shutil.copy(place.BUILD / "codecourier", instance.folder / "codecourier")
    subprocess.run(["chown", "-R", "65534", instance.data], check=True)
    root = instance.folder / "root"
    root.mkdir()
    line = f'mount --rbind / {root} && exec chroot --userspec=65534:65534 {root} {instance.folder / "codecourier"} doctor --data {instance.data}'
    done = subprocess.run(["unshare", "--mount", "sh", "-c", line], capture_output=True, text=True)
    assert "!!   isolation: This machine does not allow user namespaces" in done.stdout, (done.stdout, done.stderr)


def test_doctor_says_how_the_workers_hold_agents_to_their_limits(instance: Instance) -> None:
    """Not how one would that were started where doctor is: a unit has a cgroup, and the operator's shell has none."""

    def limits() -> list[str]:
        said = instance.command("doctor", "--data", str(instance.data), check=False).stdout
        return [line.split(": ", 1)[1] for line in said.splitlines() if "limits of agents" in line]

    (here,) = limits()
    worker = instance.worker()
    instance.wait(lambda: instance.sql("SELECT 1 FROM workers"))
    assert limits() == [instance.sql("SELECT limits FROM workers")[0][0]] == [here]
    told = "by cgroup (memory, processes), and for each process"
    with storage.connect(instance.data) as database:
        for n, words in enumerate([told, here, told, None]):  # the last one is of an older version
            database.execute("INSERT INTO workers (name, seen_at, limits, programs) SELECT ?, seen_at + 1, ?, programs FROM workers LIMIT 1", (f"w{n}", words))
    database.close()
    assert sorted(limits()) == sorted([told, here])
    assert stop(worker) == 0
