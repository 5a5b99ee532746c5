"""What the studio's pictures and videos cost: processor time and memory, beside plain encoding measured in the same process.

Method: each case runs in a process of its own, with the settings and after the warm-up that a worker of the pool has too. CPU
seconds of the whole order, with encoding and writing the file; the peak is the process's most memory until then. Afterwards the
same process encodes as many frames (or the same picture) and nothing else: the ratio to that says more than seconds on a shared
machine. Targets are printed, nothing fails on them. No network.

    python bench/studio.py [--only WORD] [--list]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from mediakiln.generation import GenerationRequest, Kind, Mode, Role

SECONDS, FPS = 5, 24

# Groups of cases: what a name begins with, its target in CPU seconds, and in MB at most.
TARGETS = {
    "picture 1K": (0.3, 400),
    "restyle 1K": (0.3, 400),
    "video 720p": (3.0, 400),
    "template": (0.6, 400),
    "4K picture": (None, 1000),
    "4K video": (None, 1000),
}

WORDS = {
    "cat": "a black cat sitting on a windowsill",
    "meadow": "three white sheep in a meadow",
    "castle": "a green dragon in front of a castle at sunset",
    "neon": "cyberpunk city with a robot",
    "storm": "a lighthouse by the sea in a storm at night",
    "forest": "a deer in a forest in autumn",
    "dancers": "two people dancing in the city",
    "sign": "一块写着“福”的红色牌子",
    "felt": "felt, a corgi in a garden",
    "papercut": "paper cut, a deer in the mountains at sunset",
    "watercolor": "watercolor of a stone bridge over a river",
    "pixel": "pixel art, a castle by a lake",
    "ink": "水墨画，远山，孤舟",
}


class Case(msgspec.Struct, frozen=True):
    """One order. `inputs` says how many pictures it gets, `template` which template makes it."""

    name: str
    width: int
    height: int
    words: str = ""
    inputs: tuple[Role, ...] = ()
    video: bool = False
    sound: bool = False
    quality: str | None = None
    template: str = ""

    @property
    def group(self) -> str:
        """What its name begins with in `TARGETS`."""
        return next(group for group in TARGETS if self.name.startswith(group))


class Cost(msgspec.Struct, frozen=True):
    """CPU seconds of a case, of encoding alone, and the peak in MB."""

    seconds: float
    encoding: float
    memory: int


def cases() -> Iterator[Case]:
    """All of them."""
    for word, words in WORDS.items():
        yield Case(f"picture 1K, {word}", 1024, 1024, words)
    for word in ("meadow", "storm", "felt", "papercut", "watercolor"):
        yield Case(f"restyle 1K, {word}", 1024, 1024, WORDS[word], (Role.IMAGE,))
    for word in ("meadow", "castle", "neon", "storm", "dancers", "felt", "papercut", "watercolor", "pixel"):
        yield Case(f"video 720p, {word}", 1280, 720, WORDS[word], video=True)
        if word in ("meadow", "storm"):
            yield Case(f"video 720p, {word}, sound", 1280, 720, WORDS[word], video=True, sound=True)
    yield Case("video 720p, first frame", 1280, 720, "the clouds move", (Role.FIRST_FRAME,), video=True)
    yield Case("video 720p, first and last", 1280, 720, "the clouds move", (Role.FIRST_FRAME, Role.LAST_FRAME), video=True)
    yield Case("video 720p, two references", 1280, 720, "friends in a park", (Role.REFERENCE_IMAGE,) * 2, video=True)
    for template in _templates():
        yield Case(f"template {template}", 1328, 1328, template=template)
    for word in ("cat", "forest", "watercolor"):
        yield Case(f"4K picture, {word}", 3840, 3840, WORDS[word])
    yield Case("4K picture, forest, hd", 3840, 2160, WORDS["forest"], quality="hd")
    yield Case("4K video, meadow", 3840, 2160, WORDS["meadow"], video=True)
    yield Case("4K video, first frame", 3840, 2160, "the clouds move", (Role.FIRST_FRAME,), video=True)


def _templates() -> list[str]:
    """The templates whose modules are there."""
    from importlib.util import find_spec

    from mediakiln.providers.studio import templates

    return [name for name in templates.TEMPLATES if find_spec(f"{templates.__name__}.{name.lower().replace('-', '_')}")]


def measured(case: Case) -> Cost:
    """Run the case here and now: the process should be fresh."""
    import cv2

    from mediakiln.providers.studio import render, templates
    from mediakiln.providers.studio.orders import Order, Source
    from mediakiln.providers.studio.stills import encode_still

    render.warm_up()
    with tempfile.TemporaryDirectory() as folder:
        sources = []
        for index, role in enumerate(case.inputs or (Role.IMAGE,) * bool(case.template)):
            path = Path(folder) / f"given{index}.png"
            path.write_bytes(encode_still(_photograph(index), "png")[0])
            sources.append(Source(role, str(path), "image/png"))
        request = GenerationRequest(
            kind=Kind.VIDEO if case.video else Kind.IMAGE,
            model="bench",
            mode=Mode.IMAGE if case.inputs else Mode.TEXT,
            prompt=case.words,
            width=case.width,
            height=case.height,
            duration=SECONDS if case.video else None,
            fps=FPS,
            audio=case.sound,
            quality=case.quality,
            seed=3,
        )
        order = Order(request, tuple(sources), folder)
        if case.template:
            given = cv2.cvtColor(cv2.imread(sources[0].path), cv2.COLOR_BGR2RGB)
            seconds = _timed(lambda: encode_still(templates.render(case.template, given, case.width, case.height, 3), "png"))
        else:
            seconds = _timed(lambda: render.render(order, lambda share: None))
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        return Cost(seconds, _encoding(case, Path(folder)), memory)


def _encoding(case: Case, folder: Path) -> float:
    """CPU seconds of writing a file of the same size alone: a soft picture that slides, or the picture."""
    import cv2
    import numpy as np

    from mediakiln.providers.studio.encode import write_video
    from mediakiln.providers.studio.stills import encode_still

    count = SECONDS * FPS if case.video else 1
    still = cv2.resize(_photograph(0), (case.width + 2 * count, case.height), interpolation=cv2.INTER_CUBIC)
    if not case.video:
        return _timed(lambda: encode_still(np.ascontiguousarray(still[:, : case.width]), "png"))
    frames = (np.ascontiguousarray(still[:, 2 * i : 2 * i + case.width]) for i in range(count))
    return _timed(lambda: write_video(folder / "alone.mp4", frames, width=case.width, height=case.height, fps=FPS))


def _photograph(seed: int, width: int = 1280, height: int = 960):
    """A landscape with something like a person before it, soft and a little noisy."""
    import cv2
    import numpy as np

    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    picture = np.dstack([90 + 90 * y / height, 120 + 60 * x / width, 210 - 120 * y / height])
    patches = rng.normal(0, 18, (24, 32, 3)).astype(np.float32)
    picture += cv2.resize(patches, (width, height), interpolation=cv2.INTER_CUBIC)
    middle = int(width * (0.4 + 0.2 * seed))
    cv2.ellipse(picture, (middle, int(height * 0.8)), (150, 260), 0, 0, 360, (150, 60, 50), -1, cv2.LINE_AA)
    cv2.circle(picture, (middle, int(height * 0.42)), 95, (225, 180, 150), -1, cv2.LINE_AA)
    return np.clip(picture + rng.normal(0, 3, picture.shape), 0, 255).astype(np.uint8)


def _timed(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def run(case: Case) -> Cost | str:
    """The case in a fresh process; the last line of its trouble if it fails."""
    from mediakiln.providers.studio.pool import SETTINGS

    command = [sys.executable, __file__, "--case", case.name]
    ran = subprocess.run(command, env=os.environ | SETTINGS, capture_output=True, text=True, check=False)
    if ran.returncode:
        return (ran.stderr.strip().splitlines() or ["died"])[-1]
    return msgspec.json.decode(ran.stdout, type=Cost)


def report(group: str, costs: list[Cost]) -> str:
    """Median and worst of a group against its targets."""
    seconds, memory = [cost.seconds for cost in costs], max(cost.memory for cost in costs)
    wanted, room = TARGETS[group]
    ratios = [cost.seconds / cost.encoding for cost in costs]
    line = (
        f"{group:12} median {statistics.median(seconds):5.2f} s ({statistics.median(ratios):4.1f} x), worst {max(seconds):5.2f} s"
    )
    met = "" if wanted is None else f", target {wanted} s: {sum(s <= wanted for s in seconds)} of {len(seconds)}"
    return f"{line}{met}; peak {memory} MB, target {room}"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Measure the studio's pictures and videos.")
    parser.add_argument("--only", default="", help="cases whose name has this word")
    parser.add_argument("--list", action="store_true", help="print the names of the cases")
    parser.add_argument("--case", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    chosen = [case for case in cases() if asked.only in case.name]
    if asked.case:
        case = next(case for case in chosen if case.name == asked.case)
        print(json.dumps(msgspec.to_builtins(measured(case))))
        return
    if asked.list:
        print("\n".join(case.name for case in chosen))
        return
    print(f"{'':58}{'CPU s':>7}{'alone':>8}{'ratio':>7}{'MB':>6}")
    groups: dict[str, list[Cost]] = {}
    for case in chosen:
        cost = run(case)
        if isinstance(cost, str):
            print(f"{case.name:58}{cost}", flush=True)
            continue
        groups.setdefault(case.group, []).append(cost)
        late = "" if (wanted := TARGETS[case.group][0]) is None or cost.seconds <= wanted else "  over"
        ratio = cost.seconds / cost.encoding
        print(f"{case.name:58}{cost.seconds:7.2f}{cost.encoding:8.3f}{ratio:7.1f}{cost.memory:6}{late}", flush=True)
    print()
    for group, costs in groups.items():
        print(report(group, costs))


if __name__ == "__main__":
    main()
