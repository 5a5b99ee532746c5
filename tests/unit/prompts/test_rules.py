"""The default prompt optimizer: it completes, never changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediakiln.errors import ConfigurationError
from mediakiln.prompts.base import NoOptimizer, open_optimizer
from mediakiln.prompts.rules import LONGEST, AspectRules
from mediakiln.settings import Settings

RULES = AspectRules.load()


@pytest.mark.parametrize(
    ("prompt", "style", "optimized"),
    [
        ("a red car", "", "a red car, soft natural light, balanced composition, fine detail"),
        ("a cat in bright sunlight", "", "a cat in bright sunlight, balanced composition, fine detail"),
        ("a flight of birds", "", "a flight of birds, soft natural light, balanced composition, fine detail"),
        ("close-up of an intricate clock at night", "", "close-up of an intricate clock at night"),
        ("a red car", "oil painting", "a red car, oil painting, soft natural light, balanced composition, fine detail"),
        ("一只猫坐在窗台上", "", "一只猫坐在窗台上，柔和的自然光，构图均衡，细节丰富"),
        ("夜晚的城市特写", "水彩", "夜晚的城市特写，水彩，细节丰富"),
        ("   ", "", "   "),
    ],
)
async def test_what_is_left_open_is_said(prompt: str, style: str, optimized: str) -> None:
    """Aspects that the prompt names are left alone, in English and Chinese; the others get a phrase in its language."""
    assert await RULES.optimize(prompt, style) == optimized


@pytest.mark.parametrize(
    ("prompt", "optimized"),
    [
        ("turn it into winter", "turn it into winter, fine detail"),
        ("把背景换成海边", "把背景换成海边，细节丰富"),
        ("a simple line drawing", "a simple line drawing"),
    ],
)
async def test_an_edit_keeps_what_it_does_not_speak_of(prompt: str, optimized: str) -> None:
    """Light and framing are the picture's own."""
    assert await RULES.optimize(prompt, editing=True) == optimized
    assert await NoOptimizer().optimize(prompt, editing=True) == prompt


@given(st.text(max_size=200))
async def test_words_are_kept_and_twice_is_once(prompt: str) -> None:
    """Whatever was said is still there, and an optimized prompt is optimal."""
    once = await RULES.optimize(prompt)
    assert prompt.strip().rstrip(",，。;；") in once
    assert await RULES.optimize(once) == once


async def test_long_prompts_have_said_enough() -> None:
    """A prompt near the models' limits is not made longer."""
    prompt = "a kiln " * (LONGEST // 7 + 1)
    assert await RULES.optimize(prompt) == prompt


async def test_off_and_unknown() -> None:
    """`off` adds only the wished style; a setting that names nothing is told in one line."""
    assert isinstance(open_optimizer(Settings(prompt_optimizer="off")), NoOptimizer)
    assert await NoOptimizer().optimize("a kiln", "ink") == "a kiln, ink"
    with pytest.raises(ConfigurationError, match=r"got magic; allowed: rules, off, package\.module:factory"):
        open_optimizer(Settings(prompt_optimizer="magic"))
