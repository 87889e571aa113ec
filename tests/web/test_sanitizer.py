"""What the sanitizers are told (tests/unit/sanitizer.c) does not make them fail by themselves."""

from __future__ import annotations

import subprocess
from pathlib import Path

import installation

LIBRARY = """
static __thread char small[24];
char *touch(void) { small[0] = 1; return small; }
"""

# The block of a size class of 48 bytes, a header of 16 included, begins 16 bytes behind a page every 256 blocks.
PROGRAM = """
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
static void *kept[256];
int main(void)
{
    char *(*touch)(void) = (char *(*)(void))dlsym(dlopen("./library.so", RTLD_NOW), "touch");
    int i = 0;
    do
        kept[i] = malloc(30);
    while (((uintptr_t)kept[i] & 0xfff) != 0x1000 - 2 * 16 && ++i < 256);
    return i < 256 && ((uintptr_t)touch() & 0xfff) == 16 ? 0 : 99;
}
"""


def test_the_thread_local_memory_of_a_library_that_is_opened_late_ends_no_process(tmp_path: Path) -> None:
    (tmp_path / "library.c").write_text(LIBRARY)
    (tmp_path / "program.c").write_text(PROGRAM)
    own = installation.ROOT / "tests" / "unit" / "sanitizer.c"
    subprocess.run(["gcc", "-shared", "-fPIC", "library.c", "-o", "library.so"], cwd=tmp_path, check=True)
    log = f'-DCC_SAN_LOG="{tmp_path}/report"'
    subprocess.run(["gcc", "-fsanitize=address", log, "program.c", str(own), "-ldl", "-o", "program"], cwd=tmp_path, check=True)
    done = subprocess.run(["./program"], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, [path.read_text() for path in tmp_path.glob("report*")]) == (0, [])
