"""Build codecourier._core: the C core as an extension of CPython.

    CODECOURIER_SANITIZE=address,undefined   compile with these sanitizers
    CODECOURIER_LIBRARY=path                 link this library, compiled by `make SAN=...`, instead of compiling the core again
    CODECOURIER_ABI3=0                       build for the running Python alone; the module then also declares that
                                             sub-interpreters and free threading are fine (where the version has them)

Everything else stands in pyproject.toml.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sysconfig
import tempfile
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

ROOT = Path(__file__).resolve().parent

# Header -> library and the Debian package that has both.  Which of them are needed is read off the sources.
LIBRARIES = {
    "sqlite3.h": ("sqlite3", "libsqlite3-dev"),
    "sodium.h": ("sodium", "libsodium-dev"),
    "cjson/cJSON.h": ("cjson", "libcjson-dev"),
    "utf8proc.h": ("utf8proc", "libutf8proc-dev"),
    "zlib.h": ("z", "zlib1g-dev"),
    "curl/curl.h": ("curl", "libcurl4-openssl-dev"),
}

FREE_THREADED = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
ABI3 = os.environ.get("CODECOURIER_ABI3", "1") != "0" and not FREE_THREADED
SANITIZE = os.environ.get("CODECOURIER_SANITIZE", "")
LIBRARY = os.environ.get("CODECOURIER_LIBRARY", "")


def found(*patterns: str) -> list[str]:
    """Paths relative to the root, as setuptools wants them."""
    return sorted(str(path.relative_to(ROOT)) for pattern in patterns for path in ROOT.glob(pattern))


subprocess.run(["sh", ROOT / "core" / "gather.sh"], check=True)
CORE = found("core/*.c", "core/*/*.c")  # what the Makefile puts into the library


def headers_used() -> list[str]:
    text = "\n".join((ROOT / name).read_text(encoding="utf-8") for name in CORE)
    return [header for header in LIBRARIES if re.search(rf"^\s*#\s*include\s*<{re.escape(header)}>", text, re.MULTILINE)]


def version() -> str:
    match = re.search(r'#define CC_VERSION "([^"]+)"', (ROOT / "core" / "codecourier.h").read_text(encoding="utf-8"))
    if match is None:
        raise SystemExit("core/codecourier.h does not say CC_VERSION")
    return match[1]


class BuildExt(build_ext):
    """build_ext, after a look at whether the headers are there: a missing one shall name its package."""

    def build_extensions(self) -> None:
        lacking = {header: package for header, (_, package) in LIBRARIES.items() if header in headers_used() and not self.has(header)}
        if not self.has("Python.h"):
            lacking["Python.h"] = "python3-dev"
        if lacking:
            names, packages = ", ".join(lacking), " ".join(sorted(set(lacking.values())))
            raise SystemExit(
                f"\ncodecourier: the C compiler does not find {names}.\n"
                f"On Debian and Ubuntu:  sudo apt install build-essential {packages}\n"
                "Elsewhere: the development package of the same library.  Then run pip again.\n"
            )
        super().build_extensions()

    def has(self, header: str) -> bool:
        with tempfile.TemporaryDirectory() as folder:
            probe = Path(folder, "probe.c")
            probe.write_text(f"#include <{header}>\n", encoding="utf-8")
            try:
                self.compiler.compile([str(probe)], output_dir=folder, include_dirs=self.include_dirs)
            except Exception as error:
                if "CompileError" not in type(error).__name__:
                    raise SystemExit(f"codecourier: no working C compiler: {error}.  On Debian and Ubuntu: sudo apt install build-essential")
                return False
        return True


compile_args = ["-std=c17", "-fvisibility=hidden", "-fno-strict-aliasing", "-Wall", "-Wextra", "-Wno-missing-field-initializers"]
link_args = ["-Wl,--version-script=pyext/exports.map", "-Wl,--as-needed"]
if SANITIZE:
    compile_args += ["-g", "-O1", f"-fsanitize={SANITIZE}", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer"]
    link_args += [f"-fsanitize={SANITIZE}"]
compile_args += shlex.split(os.environ.get("CODECOURIER_CFLAGS", ""))

core = Extension(
    "codecourier._core",
    sources=["pyext/codecourier/_core.c", "pyext/codecourier/_parse.c", *([] if LIBRARY else CORE)],
    extra_objects=[LIBRARY] if LIBRARY else [],
    depends=["pyext/exports.map", "pyext/codecourier/_parse.h", *found("core/**/*.h")],
    include_dirs=["core"],
    libraries=[LIBRARIES[header][0] for header in headers_used()] + ["m", "pthread", "dl"],
    define_macros=[("_GNU_SOURCE", "1")] + ([("Py_LIMITED_API", "0x030B0000")] if ABI3 else []),
    extra_compile_args=compile_args,
    extra_link_args=link_args,
    py_limited_api=ABI3,
)

setup(
    version=version(),
    ext_modules=[core],
    cmdclass={"build_ext": BuildExt},
    options={"bdist_wheel": {"py_limited_api": "cp311"}} if ABI3 else {},
)
