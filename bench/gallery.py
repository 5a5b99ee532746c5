"""Paint the gallery: fixed prompts in fixed styles and ratios, and every picture effect on one sitter, as small WebP files with a
contact sheet each, into docs/gallery/.

    python bench/gallery.py [--out docs/gallery] [--only pictures|templates]

The pictures are the studio's golden files: tests/unit/providers/studio/test_gallery.py paints a sample again and compares.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
from msgspec import Struct
from PIL import Image

from mediakiln.providers.studio.painter import Painter
from mediakiln.providers.studio.scene import compose
from mediakiln.providers.studio.stills import Picture
from mediakiln.providers.studio.templates import TEMPLATES, render

SIDE = 320
"""The longer side of a tile, in pixels."""
FOLDER = Path(__file__).parent.parent / "docs" / "gallery"
_QUALITY = 72
_COLUMNS = 6
_SITTER = "a cat sitting in a meadow"
"""The studio's own painting that every picture effect is shown on; kept as a file, so that the effects do not change with it."""
_SITTER_SIDE, _SITTER_PART = 960, (0.14, 0.34, 0.62)
"""The painting's size, and the part that is kept, as one takes a photograph from nearer: left, top and side."""
_EFFECT_SIDE = 512
"""An effect is made at this size and shown at half of it."""


class Tile(Struct, frozen=True):
    """One picture: the file's name, the prompt, the ratio (width, height) and the seed."""

    name: str
    prompt: str
    ratio: tuple[int, int] = (4, 3)
    seed: int = 7

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels, the longer side `SIDE`."""
        scale = SIDE / max(self.ratio)
        return round(self.ratio[0] * scale), round(self.ratio[1] * scale)


TILES = (
    Tile("cat", "a black cat sitting on a windowsill"),
    Tile("sheep", "three white sheep in a meadow"),
    Tile("car-house", "a red car and a blue house"),
    Tile("rider", "an astronaut riding a horse in the desert"),
    Tile("balloon", "a girl holding a red balloon"),
    Tile("dragon", "a green dragon in front of a castle at sunset"),
    Tile("penguins", "两只企鹅站在雪地上"),
    Tile("pandas", "兩隻熊貓在竹林裡"),
    Tile("sofa", "a cat sleeping on a sofa"),
    Tile("vase", "flowers in a vase on a table"),
    Tile("boat", "a man in a boat on a misty lake", (16, 9)),
    Tile("rain", "a woman with an umbrella in the rain", (9, 16)),
    Tile("lighthouse", "a lighthouse by the sea in a storm at night", (9, 16)),
    Tile("whale", "a whale underwater", (21, 9)),
    Tile("wide", "a steam train in autumn mountains", (21, 9)),
    Tile("sign", 'a sign saying "OPEN"'),
    Tile("unknown", "a xylophone"),
    Tile("watercolor", "watercolor of a stone bridge over a river", (1, 1)),
    Tile("oil", "oil painting of a windmill in a tulip field", (1, 1)),
    Tile("ink", "水墨画，远山，孤舟", (1, 1)),
    Tile("felt", "felt, a corgi in a garden", (1, 1)),
    Tile("papercut", "paper cut, a deer in the mountains at sunset", (1, 1)),
    Tile("lowpoly", "low poly fox in a forest", (1, 1)),
    Tile("neon", "cyberpunk city with a robot", (1, 1)),
    Tile("pixel", "pixel art, a castle by a lake", (1, 1)),
    Tile("lineart", "line art of a house and a tree", (1, 1)),
    Tile("isometric", "isometric village house in winter", (1, 1)),
    Tile("anime", "anime, a girl under a cherry tree in spring", (1, 1)),
    Tile("sketch", "pencil sketch of a horse running", (1, 1)),
    Tile("vintage", "vintage film photo of a bicycle in the street", (1, 1)),
    Tile("barista", "a barista in a coffee shop"),
    Tile("band", "a rock band on stage"),
    Tile("poster", 'circus poster "GRAND SHOW", an elephant on a ball', (2, 3)),
    Tile("logo", 'logo of a fox for "Ember"', (1, 1)),
    Tile("infographic", "infographic about the water cycle", (1, 1)),
    Tile("map", "treasure map of an island", (1, 1)),
    Tile("woodblock", "浮世绘，富士山和海浪，帆船", (1, 1)),
    Tile("stainedglass", "stained glass, a peacock", (1, 1)),
    Tile("clay", "claymation penguin on an iceberg", (1, 1)),
    Tile("crossstitch", "embroidery of a red rose", (1, 1)),
)

REELS = (
    Tile("reel-sea", "waves on a beach at sunset, a sailboat passes, slow pan left", (16, 9)),
    Tile("reel-dog", "a corgi running through a meadow, tracking shot", (16, 9)),
    Tile("reel-train", "a steam train crosses snowy mountains, zoom in", (16, 9)),
    Tile("reel-storm", "a lighthouse in a thunderstorm at night", (16, 9)),
    Tile("reel-pixel", "pixel art, a knight walks to a castle", (16, 9)),
    Tile("reel-felt", "felt, a rabbit hops through a garden, pan right", (16, 9)),
)
"""Videos, shown by four frames in a row."""
_SECONDS = 5.0
_MOMENTS = (0.0, 1.6, 3.2, 4.8)


def paint(tile: Tile) -> Picture:
    """The tile's picture."""
    return Painter(compose(tile.prompt, "", tile.seed), *tile.size).frame(0.0)


def reel(tile: Tile) -> Picture:
    """Four frames of the tile's video, in a row."""
    painter = Painter(compose(tile.prompt, "", tile.seed), *tile.size, duration=_SECONDS)
    return np.hstack([painter.frame(moment) for moment in _MOMENTS])


def write_reels(folder: Path = FOLDER) -> None:
    """Write the frames of every video."""
    cv2.setNumThreads(1)
    for tile in REELS:
        Image.fromarray(reel(tile)).save(folder / f"{tile.name}.webp", "WEBP", quality=_QUALITY, method=6)


def sitter(folder: Path = FOLDER) -> Picture:
    """The picture that the effects are made of, as stored."""
    with Image.open(folder / "templates" / "sitter.webp") as file:
        return np.asarray(file.convert("RGB"))


def effect(template: str, picture: Picture) -> Picture:
    """The tile of one picture effect."""
    full = render(template, picture, _EFFECT_SIDE, _EFFECT_SIDE, 7)
    return np.asarray(cv2.resize(full, (_EFFECT_SIDE // 2,) * 2, interpolation=cv2.INTER_AREA), np.uint8)


def write_templates(folder: Path = FOLDER) -> None:
    """Write the sitter where there is none, a tile of every effect and their sheet, `templates.webp`."""
    cv2.setNumThreads(1)
    tiles = folder / "templates"
    tiles.mkdir(parents=True, exist_ok=True)
    if not (tiles / "sitter.webp").exists():
        painted = Painter(compose(_SITTER, "", 7), _SITTER_SIDE, _SITTER_SIDE).frame(0.0)
        left, top, side = (round(share * _SITTER_SIDE) for share in _SITTER_PART)
        Image.fromarray(painted[top : top + side, left : left + side]).save(tiles / "sitter.webp", "WEBP", quality=92, method=6)
    picture = sitter(folder)
    cells = []
    for template in TEMPLATES:
        cells.append(effect(template, picture))
        Image.fromarray(cells[-1]).save(tiles / f"{template}.webp", "WEBP", quality=_QUALITY, method=6)
    _sheet(cells).save(folder / "templates.webp", "WEBP", quality=_QUALITY, method=6)


def write(folder: Path = FOLDER) -> None:
    """Write every tile, the contact sheet and the page that shows them."""
    cv2.setNumThreads(1)
    folder.mkdir(parents=True, exist_ok=True)
    cells = []
    for tile in TILES:
        picture = paint(tile)
        Image.fromarray(picture).save(folder / f"{tile.name}.webp", "WEBP", quality=_QUALITY, method=6)
        cells.append(_cell(picture, SIDE // 2))
    _sheet(cells).save(folder / "contact-sheet.webp", "WEBP", quality=_QUALITY, method=6)
    write_page(folder)


def write_page(folder: Path = FOLDER) -> None:
    """Write the page alone."""
    (folder / "README.md").write_text(page(), encoding="utf-8")


def _sheet(cells: list[Picture]) -> Image.Image:
    """Squares of one size as a sheet of six columns."""
    cells = cells + [np.full_like(cells[0], 255)] * (-len(cells) % _COLUMNS)
    rows = [np.hstack(cells[i : i + _COLUMNS]) for i in range(0, len(cells), _COLUMNS)]
    return Image.fromarray(np.vstack(rows))


def page() -> str:
    """docs/gallery/README.md."""
    lines = [
        "# Gallery of the studio",
        "",
        "What the built-in procedural preview engine paints from words: no network, no weights, no GPU. `make gallery`",
        "paints these files; a test paints a sample of them again and compares, so that a change in looks is a decision.",
        "`make gallery`, or `UPDATE_GALLERY=1` with that test, accepts it.",
        "",
        "![All tiles](contact-sheet.webp)",
        "",
        "| picture | prompt | ratio |",
        "|---|---|---|",
    ]
    lines += [f"| ![{t.name}]({t.name}.webp) | {t.prompt} | {t.ratio[0]}:{t.ratio[1]} |" for t in TILES]
    lines += ["", "## Videos", "", "Frames at the beginning, and after 1.6, 3.2 and 4.8 seconds.", ""]
    for tile in REELS:
        lines += [f"{tile.prompt}:", "", f"![{tile.name}]({tile.name}.webp)", ""]
    lines += [
        "## Picture effects",
        "",
        "Every `template_id` of the model `spark_img_effects` on one picture, [this one](templates/sitter.webp): the subject is",
        "cut out and a scene is built of it.",
        "",
        "![All effects](templates.webp)",
        "",
        "| effect | `template_id` |",
        "|---|---|",
    ]
    lines += [f"| ![{name}](templates/{name}.webp) | `{name}` |" for name in TEMPLATES]
    return "\n".join(lines) + "\n"


def _cell(picture: Picture, side: int) -> Picture:
    """The picture, whole, in the middle of a white square."""
    height, width = picture.shape[:2]
    scale = (side - 6) / max(height, width)
    small = cv2.resize(picture, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
    cell = np.full((side, side, 3), 255, np.uint8)
    top, left = (side - small.shape[0]) // 2, (side - small.shape[1]) // 2
    cell[top : top + small.shape[0], left : left + small.shape[1]] = small
    return cell


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Paint the studio's gallery.")
    parser.add_argument("--out", type=Path, default=FOLDER)
    parser.add_argument("--only", choices=("pictures", "videos", "templates"))
    options = parser.parse_args()
    for name, make in {"pictures": write, "videos": write_reels, "templates": write_templates}.items():
        if options.only in (None, name):
            make(options.out)
    write_page(options.out)


if __name__ == "__main__":
    main()
