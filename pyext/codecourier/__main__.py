"""python -m codecourier: the service from a terminal.

    python -m codecourier serve
    python -m codecourier whoami
    python -m codecourier runs list --status running --json

The commands are the methods of Client: every group, method and parameter of the table is here without a list of its own.
"""

from __future__ import annotations

import argparse
import inspect
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from . import _core
from ._client import Client
from ._client import open as open_local
from ._core import VERSION
from ._display import columns_of, members, text_of
from ._errors import ApiError, ConfigurationError, Error, OpenError
from ._generated import Routes, Run
from ._model import Model
from ._page import Page
from ._texts import t

FINE, REFUSED, USAGE, TROUBLE = 0, 1, 2, 3
QUICKSTART = "projects:read,workflows:read,runs:read"
OWNER = "owner@example.com"


# ---- the commands, read off the methods ------------------------------------------------------------------------------


def json_value(text: str) -> Any:
    """JSON, or @FILE."""
    try:
        if text.startswith("@"):
            with open(text[1:], encoding="utf-8") as file:
                text = file.read()
        return json.loads(text)
    except (OSError, ValueError) as error:
        raise argparse.ArgumentTypeError(t("'{}' is not JSON: {}", text[:40], error)) from None


def yes_or_no(text: str) -> bool:
    if text.lower() in ("true", "yes", "ja", "1"):
        return True
    if text.lower() in ("false", "no", "nein", "0"):
        return False
    raise argparse.ArgumentTypeError(f"true | false: {text!r}")


def option_of(parser: argparse.ArgumentParser, parameter: inspect.Parameter) -> None:
    """An option for a keyword of a method, by its annotation."""
    kind = str(parameter.annotation)
    more: dict[str, Any] = {"dest": parameter.name, "default": argparse.SUPPRESS, "required": parameter.default is parameter.empty}
    if "Literal[" in kind:
        more["choices"] = re.findall(r'["\']([^"\']+)["\']', kind)
    elif kind.startswith("Sequence[str]"):
        more |= {"type": lambda text: [one.strip() for one in text.split(",") if one.strip()], "metavar": "A,B", "help": t("several are separated by commas")}
    elif kind.startswith(("Sequence[", "Mapping[")):
        more |= {"type": json_value, "metavar": "JSON", "help": t("JSON, or @FILE that holds it")}
    elif kind.startswith("bool"):
        more |= {"type": yes_or_no, "metavar": "BOOL"}
    elif kind.startswith(("int", "float")):
        more |= {"type": int if kind.startswith("int") else float, "metavar": "N"}
    else:
        more["metavar"] = "TIME" if kind.startswith("datetime") else "TEXT"
    parser.add_argument("--" + parameter.name.rstrip("_").replace("_", "-"), **more)


def command_of(commands: Any, name: str, way: tuple[str, ...], method: Callable[..., Any]) -> None:
    summary = t((method.__doc__ or "").partition("\n")[0])
    parser = commands.add_parser(name.replace("_", "-"), help=summary, description=summary)
    signature = inspect.signature(method)
    for parameter in list(signature.parameters.values())[1:]:
        if parameter.kind is parameter.POSITIONAL_ONLY:
            parser.add_argument(parameter.name, metavar=parameter.name.upper(), help=t("which one"))
        else:
            option_of(parser, parameter)
    if "cursor" in signature.parameters:
        parser.add_argument("--all", action="store_true", dest="every_page", help=t("every page, not only the first"))
    if way == ("runs",) and name in STARTING:
        parser.add_argument("--wait", action="store_true", dest="to_the_end", help=t("wait until it ends; 0 if it completes and no checker fails it"))
        parser.add_argument("--timeout", type=float, metavar="N", dest="patience", help=t("seconds after which to stop following"))
    if way[0] == "keys" and name in ("create", "rotate"):
        parser.add_argument("--quiet", action="store_true", help=t("print the secret alone"))
    common_options(parser)
    parser.set_defaults(run=call, way=(*way, name))


def common_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help=t("print the answer as JSON"))
    parser.add_argument("--base", metavar="URL", help=t("address of the service (CC_BASE)"))
    parser.add_argument("--data", metavar="PATH", help=t("work in this process on a data directory or database file"))
    parser.add_argument("--project", metavar="NAME", dest="local_project", help=t("with --data: which project, by id, slug or name"))


def data_option(parser: argparse.ArgumentParser) -> None:
    """For commands that work on a data directory and on nothing else."""
    parser.add_argument("--data", default=os.environ.get("CODECOURIER_DATA") or "./var", metavar="PATH", help=t("data directory (CODECOURIER_DATA, else ./var)"))


def methods_of(group: type) -> dict[str, Callable[..., Any]]:
    return {name: one for name, one in vars(group).items() if inspect.isfunction(one) and not name.startswith("_")}


def group_of(commands: Any, name: str, way: tuple[str, ...], group: type) -> None:
    parser = commands.add_parser(name.replace("_", "-"), help=t(inspect.getdoc(group) or ""), description=t(inspect.getdoc(group) or ""))
    inner = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for method_name, method in methods_of(group).items():
        command_of(inner, method_name, way, method)
    for child in getattr(group, "__slots__", ()):
        if child != "_client":
            group_of(inner, child, (*way, child), group_class((*way, child)))
    if way == ("runs",):
        watching = inner.add_parser("watch", help=t("Follow a run until it is finished."))
        watching.add_argument("id", metavar="ID", help=t("which one"))
        watching.add_argument("--timeout", type=float, metavar="N", help=t("seconds after which to stop following"))
        common_options(watching)
        watching.set_defaults(run=watch)


def group_class(way: tuple[str, ...]) -> type:
    from . import _generated

    found = getattr(_generated, "".join(word.capitalize() for part in way for word in part.split("_")) + "Routes")
    assert isinstance(found, type)
    return found


class Parser(argparse.ArgumentParser):
    """argparse, with its own few words in the person's language."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more, add_help=False)
        self.add_argument("-h", "--help", action="help", help=t("show this help and exit"))
        self._positionals.title = t("what")
        self._optionals.title = t("options")

    def format_usage(self) -> str:
        return super().format_usage().replace("usage:", t("usage:"), 1)

    def format_help(self) -> str:
        return super().format_help().replace("usage:", t("usage:"), 1)

    def error(self, message: str) -> NoReturn:
        there = [name for action in self._actions if action.dest == "command" for name in action.choices or ()]
        more = t("COMMAND is one of: {}", ", ".join(there)) + "\n" if there else ""
        self.exit(USAGE, f"{self.format_usage()}{self.prog}: {t('error')}: {message}\n{more}")


def parser() -> argparse.ArgumentParser:
    made = Parser(
        prog="python -m codecourier",
        description=t("Workflows and runs of CodeCourier: over HTTP (CC_BASE, CC_KEY), or on a data directory (--data)."),
        epilog=t("exit codes: 0 it worked; 1 it was refused, or it failed; 2 the command line was not understood; 3 the data directory cannot be used"),
    )
    made.add_argument("--version", action="version", version=f"codecourier {VERSION}", help=t("show the version and exit"))
    commands = made.add_subparsers(dest="command", metavar="COMMAND", required=True)
    making = commands.add_parser("init", help=t("Make a data directory, with a first project and its owner."))
    data_option(making)
    making.add_argument("--email", default=OWNER, metavar="ADDRESS", help=t("e-mail address of the owner (owner@example.com)"))
    making.set_defaults(run=init)
    serving = commands.add_parser("serve", help=t("Run a local instance over HTTP, for development."))
    data_option(serving)
    serving.add_argument("--port", type=int, default=8080, metavar="N", help=t("port to listen on; 0 takes a free one (8080)"))
    serving.add_argument("--bind", default="127.0.0.1", metavar="ADDRESS", help=t("address to listen on (127.0.0.1, this machine alone)"))
    serving.add_argument("--slots", type=int, default=1, metavar="N", help=t("how many runs are executed at once; 0: none (1)"))
    serving.set_defaults(run=serve)
    working = commands.add_parser("work", help=t("Execute the runs of a data directory."))
    data_option(working)
    working.add_argument("--slots", type=int, default=1, metavar="N", help=t("how many runs are executed at once; 0: none (1)"))
    working.add_argument("--drain", action="store_true", help=t("end when nothing is left to do"))
    working.set_defaults(run=work)
    following = commands.add_parser("watch", help=t("Follow what changes in a project, until it is interrupted."))
    following.add_argument("--after", type=int, metavar="N", help=t("begin behind the change of this number; else with what changes from now on"))
    following.add_argument("--timeout", type=float, metavar="N", help=t("seconds after which to stop following"))
    common_options(following)
    following.set_defaults(run=watch_project)
    for name, method in methods_of(Routes).items():
        command_of(commands, name, (name,), method)
    for group in Routes.__slots__:
        group_of(commands, group, (group,), group_class((group,)))
    return made


# ---- running them ----------------------------------------------------------------------------------------------------


def client_of(arguments: argparse.Namespace) -> Client:
    if arguments.data:
        return open_local(arguments.data, arguments.local_project, create=os.path.exists(arguments.data), examples=False)
    return Client(arguments.base)


STARTING = ("start", "restart", "retry")
OURS = {"run", "way", "command", "json", "base", "data", "local_project", "every_page", "quiet", "id", "to_the_end", "patience"}


def call(arguments: argparse.Namespace) -> int:
    given = {name: value for name, value in vars(arguments).items() if name not in OURS}
    with client_of(arguments) as client:
        method: Any = client
        way = arguments.way if len(arguments.way) == 1 or arguments.way[0] != arguments.way[1] else arguments.way[1:]
        for name in way:
            method = getattr(method, name)
        answer = method(*([arguments.id] if "id" in vars(arguments) else []), **given)
        if getattr(arguments, "to_the_end", False):
            return wait(answer, arguments)
        if getattr(arguments, "quiet", False):
            print(answer.key)
        elif isinstance(answer, Page):
            show_page(answer, arguments)
        elif isinstance(answer, Model):
            show_one(answer, arguments.json)
        elif isinstance(answer, bytes):
            sys.stdout.buffer.write(answer)
        else:
            print_json(answer)
    return FINE


def wait(run: Run, arguments: argparse.Namespace) -> int:
    """For whom only the end counts: what happens goes to standard error, the run as it ends to standard output."""
    run = run.watch(timeout=arguments.patience, progress=False, file=sys.stderr)
    show_one(run, arguments.json)
    return FINE if run.status == "completed" and run.verdict != "fail" else REFUSED


def print_json(value: object) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False))


def show_one(model: Model, as_json: bool) -> None:
    if as_json:
        print_json({"data": model.to_dict()})
        return
    rows = members(model)
    sent = model.to_dict()
    secret = sent.get("key") or sent.get("token")
    width = max((len(name) for name in rows), default=0)
    for name, value in rows.items():
        if not (name == "key" and secret):
            text = text_of(value)
            if "\n" not in text and len(text) > room() - width - 2:
                text = ("\n" + " " * (width + 2)).join(textwrap.wrap(text, max(LEAST, room() - width - 2)))
            print(f"{name:<{width}}  {text}")
    if isinstance(secret, str):
        shown = f'export CC_KEY="{secret}"' if "key" in sent else secret
        print(f"\n{t('This is the secret, shown this once:')}\n  {shown}")


def show_page(page: Page[Any], arguments: argparse.Namespace) -> None:
    every = getattr(arguments, "every_page", False)
    rows: Sequence[Model] = list(page) if every else page.data
    if arguments.json:
        print_json({"data": [row.to_dict() for row in rows], "nextCursor": None if every else page.next_cursor, "hasMore": page.has_more and not every})
        return
    if not rows:
        print(t("There is nothing."))
    else:
        print_table(rows)
    if page.next_cursor and not every:
        print(t("More rows: --all, or --cursor {}", page.next_cursor), file=sys.stderr)


def print_table(rows: Sequence[Model]) -> None:
    tables = [members(row) for row in rows]
    columns = columns_of(list(dict.fromkeys(name for row in tables for name in row)))
    cells = {name: [text_of(row.get(name)).replace("\n", " ") for row in tables] for name in columns}
    widths = fitted({name: max(len(name), *map(len, texts)) for name, texts in cells.items()}, room())
    for line in [{name: name for name in widths}, *({name: texts[n] for name, texts in cells.items()} for n in range(len(rows)))]:
        print("  ".join((line[name] if len(line[name]) <= width else line[name][: width - 1] + "…").ljust(width) for name, width in widths.items()).rstrip())


def room() -> int:
    """Columns of the terminal; a file has no end."""
    return shutil.get_terminal_size((120, 24)).columns if sys.stdout.isatty() else 10_000


LEAST = 12  # of a text that is shortened
LEFT_OUT = ("source", "mode", "step_count", "type", "run_number", "priority")  # first, then what stands last


def fitted(widths: dict[str, int], room: int) -> dict[str, int]:
    """The columns that have room, and their widths.  Ids and times are whole or not there: half of one is of no use."""
    widths = dict(widths)
    while True:
        over = sum(widths.values()) + 2 * (len(widths) - 1) - room
        texts = {name: width - LEAST for name, width in widths.items() if width > LEAST and name != "id" and not name.endswith(("_id", "_at"))}
        if over <= sum(texts.values()) or len(widths) == 1:
            break
        del widths[next((name for name in LEFT_OUT if name in widths), list(widths)[-1])]
    for _ in range(over):
        if texts:
            longest = max(texts, key=lambda name: widths[name])
            widths[longest] -= 1
            texts = {name: width for name, width in texts.items() if widths[name] > LEAST}
    return widths


def watch(arguments: argparse.Namespace) -> int:
    with client_of(arguments) as client:
        run = client.runs.get(arguments.id).watch(timeout=arguments.timeout)
        show_one(run, arguments.json)
        return FINE if run.status == "completed" else REFUSED


def watch_project(arguments: argparse.Namespace) -> int:
    with client_of(arguments) as client:
        for change in client.events(after=arguments.after, timeout=arguments.timeout):
            if arguments.json:
                print(json.dumps(change._data, ensure_ascii=False), flush=True)
            else:
                print(change.seq, change._data["at"], f"{change.kind}.{change.action}", change.id or "", flush=True)
    return FINE


def this_python() -> str:
    return os.path.basename(sys.executable) or "python3"


def key_command(data: str) -> str:
    """What makes the tutorial's key."""
    return f"{this_python()} -m codecourier keys create --data {shlex.quote(data)} --name quickstart --scopes {QUICKSTART} --quiet"


def first_start(data: str, email: str) -> bool:
    """Make the instance, its first project and that one's owner, where they are not there; says the password.  False: they were."""
    try:
        app = _core.App(data, True, None)
        password = app.first_start(email)
        app.close()
    except _core.CoreError as error:
        if error.args[0] == "VALIDATION":
            raise ConfigurationError(t("'{}' is not an e-mail address.", email)) from None
        raise OpenError(error.args[1], error.args[0]) from None
    if password is not None:
        print(t("Made {}.", data))
        print(t("Owner: {}", email))
        print(t("One-time password: {}", password))
        print(f"{t('It is shown this once, and must be changed at the first sign-in.')}\n")
    return password is not None


def init(arguments: argparse.Namespace) -> int:
    if first_start(arguments.data, arguments.email):
        print(t("Type next:"))
        print(f"  export CODECOURIER_DATA={shlex.quote(os.path.abspath(arguments.data))}")
        print("  gunicorn codecourier.wsgi:application")
        print(f"  {key_command(arguments.data)}")
    else:
        print(t("{} has a project already; nothing was changed.", arguments.data))
    return FINE


def serve(arguments: argparse.Namespace) -> int:
    from .wsgi import make_server

    first_start(arguments.data, OWNER)  # and says at once what is wrong with it
    try:
        server = make_server(arguments.data, arguments.bind, arguments.port)
    except OSError as error:
        complain(t("Port {} is in use; choose another one with --port.", arguments.port) if error.errno == 98 else t("It cannot listen on {}: {}", arguments.bind, error.strerror))
        return REFUSED
    host = "127.0.0.1" if arguments.bind in ("0.0.0.0", "") else arguments.bind
    base = f"http://{f'[{host}]' if ':' in host else host}:{server.server_port}"
    print(f"{t('Ready: {}', base)}\n{t('This server is for development; for more, put the FastCGI program behind a web server.')}\n")
    print(t("Type next, in another terminal:"))
    print(f'  export CC_BASE="{base}"')
    print(f'  export CC_KEY="$({key_command(arguments.data)})"')
    print('  curl "$CC_BASE/api/v1/whoami" -H "Authorization: Bearer $CC_KEY"\n')
    print(t("Ctrl-C ends it."), flush=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    worker = start_worker(arguments.data, arguments.slots) if arguments.slots > 0 else None
    with server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass
        finally:
            if worker is not None:
                worker.terminate()
                worker.wait()
    return FINE


def start_worker(data: str, slots: int) -> subprocess.Popen[bytes]:
    """`work` in a process of its own: the engine forks, and a server's threads do not go well with that."""
    return subprocess.Popen([sys.executable, "-m", "codecourier", "work", "--data", data, "--slots", str(slots)], start_new_session=True)


def work(arguments: argparse.Namespace) -> int:
    read, write = os.pipe()
    os.set_blocking(write, False)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    signal.set_wakeup_fd(write)  # what the handlers of Python would have to say, the worker reads here
    try:
        app = _core.App(arguments.data, False, lambda line: print(line, file=sys.stderr, flush=True))
        app.work(max(1, arguments.slots), arguments.drain, read)
        app.close()
    except _core.CoreError as error:
        raise OpenError(error.args[1], error.args[0]) from None
    return FINE


def advice_for(kind: type[ApiError]) -> str | None:
    """The second paragraph of the error's class; an error that this version does not know has none."""
    words = (inspect.getdoc(kind) or "").partition("\n\n")[2].split()
    return t(" ".join(words)) if kind is not ApiError else None


def complain(text: str, hint: str | None = None) -> None:
    print(f"{t('error')}: {text}", file=sys.stderr)
    if hint:
        print(f"{t('hint')}: {hint}", file=sys.stderr)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    setattr(argparse, "_", t)  # by this name argparse looks up what it has to say itself
    given = parser().parse_args(arguments)
    try:
        return int(given.run(given))
    except OpenError as error:
        complain(error.message)
        return TROUBLE
    except ConfigurationError as error:
        complain(error.message)
        return USAGE
    except ApiError as error:
        advice = advice_for(type(error))
        complain(f"{error.message} ({error.code}, {t('request')} {error.request_id})", advice)
        return REFUSED
    except (Error, TimeoutError) as error:
        complain(str(error))
        return REFUSED
    except BrokenPipeError:  # `… | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
