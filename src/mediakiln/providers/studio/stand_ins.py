"""Stand-ins for system libraries that skia's extension names but that the studio never calls (decision 005).

Skia is linked to libEGL and libGL for drawing on a GPU, while the studio draws on the CPU; and to libexpat for the
configuration of fonts, without which it finds none. A small Linux machine has no such libraries. A stand-in is a shared
object of a few kilobytes under the missing one's name, made in memory: each function that skia asks for is there and
returns 0. The loader takes a library of that name that is loaded already and looks no further.
"""

from __future__ import annotations

import ctypes
import mmap
import os
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from struct import pack, unpack_from

from mediakiln.errors import ConfigurationError

LIBRARIES = {"libEGL.so.1": "egl", "libGL.so.1": "gl", "libexpat.so.1": "XML_"}
"""What may be missing, and how the names of its functions begin."""

_ADVICE = "install the system packages libegl1, libgl1 and libexpat1 (on Fedora: libglvnd-egl, libglvnd-glx and expat)"

_RETURN_0 = {
    62: bytes.fromhex("31c0 c3"),  # x86-64: xor eax, eax; ret
    183: bytes.fromhex("000080d2 c0035fd6"),  # aarch64: mov x0, #0; ret
}
"""The code of every function, by ELF's number for the processor."""

_PAGE = 0x10000  # the largest page of either processor


def load() -> tuple[str, ...]:
    """Load a stand-in for each library that skia needs and this machine lacks; returns their names.

    Does nothing where skia is not installed or is made for another system. Raises ConfigurationError.
    """
    spec = find_spec("skia")
    skia = Path(spec.origin) if spec and spec.origin else None
    if skia is None or (machine := machine_of(skia)) not in _RETURN_0:
        return ()
    missing = [name for name in LIBRARIES if not _loads(name)]
    if not missing:
        return ()
    wanted = {function for file in (skia, *skia.parent.glob("skia_python.libs/*.so*")) for function in wanted_from(file)}
    loaded = []
    for name in missing:
        if functions := sorted(function for function in wanted if function.startswith(LIBRARIES[name])):
            _open(name, build(name, functions, machine))
            loaded.append(name)
    return tuple(loaded)


def machine_of(library: Path) -> int | None:
    """ELF's number for the processor that `library` was made for; None for anything but a 64-bit little-endian ELF file."""
    with library.open("rb") as file:
        head = file.read(20)
    return int.from_bytes(head[18:20], "little") if head.startswith(b"\x7fELF\x02\x01") else None


def wanted_from(library: Path) -> list[str]:
    """The names that an ELF file expects other libraries to define."""
    with library.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as image:
        (at,) = unpack_from("<Q", image, 40)
        size, count = unpack_from("<HH", image, 58)
        sections = [unpack_from("<IIQQQQIIQQ", image, at + number * size) for number in range(count)]
        symbols = next(section for section in sections if section[1] == 11)  # SHT_DYNSYM
        strings = sections[symbols[6]][4]
        names = []
        for at in range(symbols[4], symbols[4] + symbols[5], 24):
            name, _kind, _other, defined = unpack_from("<IBBH", image, at)
            if name and not defined:
                names.append(image[strings + name : image.find(b"\0", strings + name)].decode())
        return names


def build(name: str, functions: Sequence[str], machine: int) -> bytes:
    """A shared object called `name` whose `functions` (at least one) take anything, do nothing and return 0."""
    code = _RETURN_0[machine]
    count = 1 + len(functions)
    strings = b"\0" + b"".join(word.encode() + b"\0" for word in (name, *functions))
    symbols_at = 64 + 4 * 56
    hash_at = symbols_at + 24 * count
    strings_at = hash_at + 4 * (3 + count)
    code_at = _aligned(strings_at + len(strings))
    dynamic_at = _aligned(code_at + len(code))
    # The loader writes into the dynamic section, so that has a page of its own in memory.
    tags = ((14, 1), (4, hash_at), (5, strings_at), (6, symbols_at), (10, len(strings)), (11, 24), (0, 0))
    dynamic = b"".join(pack("<QQ", *tag) for tag in tags)
    segments = (
        (1, 5, 0, 0, dynamic_at, _PAGE),  # PT_LOAD, read and execute
        (1, 6, dynamic_at, dynamic_at + _PAGE, len(dynamic), _PAGE),  # PT_LOAD, read and write
        (2, 6, dynamic_at, dynamic_at + _PAGE, len(dynamic), 8),  # PT_DYNAMIC
        (0x6474E551, 6, 0, 0, 0, 16),  # PT_GNU_STACK: no code on the stack
    )
    header = b"\x7fELF\x02\x01\x01".ljust(16, b"\0")
    header += pack("<HHIQQQIHHHHHH", 3, machine, 1, 0, 64, 0, 0, 64, 56, len(segments), 64, 0, 0)
    programs = b"".join(pack("<IIQQQQQQ", kind, flags, at, to, to, size, size, by) for kind, flags, at, to, size, by in segments)
    symbols, offset = bytes(24), 2 + len(name)
    for function in functions:
        symbols += pack("<IBBHQQ", offset, 0x12, 0, 1, code_at, len(code))  # a global function
        offset += len(function) + 1
    # One bucket: the loader compares with every name, one after the other.
    table = pack(f"<{3 + count}I", 1, count, 1, 0, *range(2, count), 0)
    return (
        (header + programs + symbols + table + strings).ljust(code_at, b"\0") + code.ljust(dynamic_at - code_at, b"\0") + dynamic
    )


def _aligned(offset: int) -> int:
    return -(-offset // 16) * 16


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _open(name: str, image: bytes) -> None:
    """Load a library from memory: no file to leave behind, and no matter whether /tmp may hold programs."""
    try:
        # It stays open: the loader knows libraries by their path too, so the next one must not get the same number.
        descriptor = os.memfd_create(name)
        with os.fdopen(descriptor, "wb", closefd=False) as file:
            file.write(image)
        ctypes.CDLL(f"/proc/self/fd/{descriptor}")
    except OSError as failure:
        raise ConfigurationError(f"{name} is missing and nothing could stand in for it ({failure}); {_ADVICE}") from None
