"""The stand-ins for missing system libraries: what they are made of, and that the loader takes them."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from mediakiln.providers.studio import stand_ins

SKIA = Path(find_spec("skia").origin)
MACHINE = stand_ins.machine_of(SKIA)
on_linux = pytest.mark.skipif(MACHINE not in stand_ins._RETURN_0, reason="stand-ins are for Linux on x86-64 and aarch64")


def python(script: str, *arguments: str | Path, **environment: str) -> str:
    """Run a script in a fresh process, since a library cannot be unloaded; returns its stdout."""
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@on_linux
def test_the_loader_takes_it_and_its_functions_return_0(tmp_path: Path) -> None:
    """Under its own name, too, once it is loaded, which is how skia's extension asks for it; other names it does not have."""
    (tmp_path / "any-file").write_bytes(stand_ins.build("libkiln-test.so.7", ["first", "second", "third"], MACHINE))
    script = """
import ctypes, sys
library = ctypes.CDLL(sys.argv[1])
print(library.first(), library.second(1, 2), library.third(b"three"), hasattr(library, "fourth"))
print(ctypes.CDLL("libkiln-test.so.7")._handle == library._handle)
"""
    assert python(script, tmp_path / "any-file").split() == ["0", "0", "0", "False", "True"]


def test_either_processor_has_its_own_file() -> None:
    """The same functions for x86-64 and aarch64, told apart by ELF's number for the processor."""
    for machine in (62, 183):
        image = stand_ins.build("libGL.so.1", ["glClear"], machine)
        assert image.startswith(b"\x7fELF\x02\x01")
        assert int.from_bytes(image[18:20], "little") == machine
        assert stand_ins._RETURN_0[machine] in image
        assert b"\0libGL.so.1\0glClear\0" in image


def test_only_elf_files_have_a_machine(tmp_path: Path) -> None:
    """A library for another system, or a package in plain Python, gets no stand-ins."""
    for content in (b"", b"\xcf\xfa\xed\xfe" + bytes(60), b"import this\n", b"\x7fELF\x01\x01" + bytes(60)):
        (tmp_path / "file").write_bytes(content)
        assert stand_ins.machine_of(tmp_path / "file") is None


@on_linux
def test_the_names_are_those_that_skia_asks_for() -> None:
    """Some of each library's functions, and nothing that skia defines itself."""
    wanted = stand_ins.wanted_from(SKIA)
    for prefix in stand_ins.LIBRARIES.values():
        assert any(name.startswith(prefix) for name in wanted), prefix
    assert "PyInit_skia" not in wanted


@on_linux
def test_skia_draws_with_stand_ins_alone() -> None:
    """As on a machine that has none of the libraries; fonts may be missing then, and asking for them crashes nothing."""
    script = """
from mediakiln.providers.studio import stand_ins
stand_ins._loads = lambda name: False
from mediakiln.providers.studio.graphics import STAND_INS, skia
print(*STAND_INS)
surface = skia.Surface(8, 8)
surface.getCanvas().clear(skia.ColorWHITE)
skia.FontMgr().countFamilies(), skia.FontMgr().legacyMakeTypeface("", skia.FontStyle.Bold())
print(surface.makeImageSnapshot().toarray().min())
print(*{line.split("memfd:")[1].split()[0] for line in open("/proc/self/maps") if "memfd:" in line})
"""
    stood_in, white, mapped = python(script).splitlines()
    assert stood_in.split() == list(stand_ins.LIBRARIES)
    assert white == "255"
    assert set(mapped.split()) == set(stand_ins.LIBRARIES)


@on_linux
def test_a_library_that_is_there_is_left_alone(tmp_path: Path) -> None:
    """Whatever can be loaded under the name is used. (Not tried with libexpat: some Pythons are linked to it themselves.)"""
    for name in ("libEGL.so.1", "libGL.so.1"):
        (tmp_path / name).write_bytes(stand_ins.build(name, ["there"], MACHINE))
    script = "from mediakiln.providers.studio import stand_ins; print(*stand_ins.load())"
    assert not {"libEGL.so.1", "libGL.so.1"} & set(python(script, LD_LIBRARY_PATH=str(tmp_path)).split())


@on_linux
def test_where_nothing_can_stand_in_the_operator_is_told_what_to_install() -> None:
    """One line with the library's name and the packages."""
    script = """
import os
from mediakiln.errors import ConfigurationError
from mediakiln.providers.studio import stand_ins
stand_ins._loads = lambda name: False
def refuse(name): raise PermissionError(1, "Operation not permitted")
os.memfd_create = refuse
try:
    stand_ins.load()
except ConfigurationError as error:
    print(error)
"""
    told = python(script)
    assert told.startswith("libEGL.so.1 is missing")
    assert "libegl1" in told
    assert told.count("\n") == 1
