"""The picture effects of seed 001, one declarative module each: `LAYERS`, from the ground up to the finish.

A template takes the caller's picture and builds something of it: a felt polaroid, a figure in a blister pack, a glass ball.
"""

from __future__ import annotations

from importlib import import_module

from mediakiln.providers.studio.stills import Picture
from mediakiln.providers.studio.templates.table import Sitter, Table, lay

TEMPLATES = (
    "felt_3d_polaroid",
    "my_world",
    "my_world_universal",
    "plastic_bubble_figure",
    "plastic_bubble_figure_cartoon_text",
    "furry_dream_doll",
    "micro_landscape_mini_world",
    "micro_landscape_mini_world_professional",
    "acrylic_ornaments",
    "felt_keychain",
    "lofi_pixel_character_mini_card",
    "angel_figurine",
    "lying_in_fluffy_belly",
    "glass_ball",
    "earphone_case_style",
    "electronic_pet_egg_style",
    "patchwork_collage_style",
    "claw_machine_style",
    "car_miniature_ornaments",
    "Mid-Autumn_Festival_new_chinese_style",
    "Mid-Autumn_Festival_individual",
    "Christmas_green_background",
    "Christmas_tree",
    "Spring_Festival_traditional_Chinese_architecture",
    "birthday_photo_gorgeous",
    "birthday_photo_red",
    "birthday_photo_party",
    "graduation_photo",
    "spring_festival_traditional_architecture",
    "spring_festival_gradient_colors",
)
"""Every template by the id of seed 001. Two ids differ by little more than their case."""


def render(template: str, picture: Picture, width: int, height: int, seed: int) -> Picture:
    """`picture` (uint8 RGB) put through `template`, `width` x `height` pixels. Raises KeyError for an unknown template."""
    if template not in TEMPLATES:
        raise KeyError(template)
    module = import_module(f"{__name__}.{template.lower().replace('-', '_')}")
    table = Table(Sitter(picture), width, height, seed)
    lay(module.LAYERS, table)
    return table.picture()
