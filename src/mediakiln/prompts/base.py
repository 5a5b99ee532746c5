"""The prompt optimizer port and how an implementation is chosen."""

from __future__ import annotations

from typing import Protocol

from mediakiln import plugins
from mediakiln.settings import Settings


class PromptOptimizer(Protocol):
    """Says better what a prompt means."""

    async def optimize(self, prompt: str, style: str = "", *, editing: bool = False) -> str:
        """The prompt to draw, in the language of `prompt` and about the same things; `style` is a wish in free words. With
        `editing` it says how a picture is to change: of what it leaves out nothing may change. Raises nothing: what cannot be
        made better is answered as it is."""


class NoOptimizer:
    """Leaves prompts as they are."""

    async def optimize(self, prompt: str, style: str = "", *, editing: bool = False) -> str:
        """The prompt, with the style behind it where one is wished."""
        return ", ".join(filter(None, [prompt.strip(), style.strip()]))


def open_optimizer(settings: Settings) -> PromptOptimizer:
    """The implementation that `settings.prompt_optimizer` names. A factory is called with the settings and returns a
    PromptOptimizer. Raises ConfigurationError."""
    from mediakiln.prompts.rules import AspectRules

    if settings.prompt_optimizer == "off":
        return NoOptimizer()
    if settings.prompt_optimizer == "rules":
        return AspectRules.load()
    optimizer: PromptOptimizer = plugins.make("prompt_optimizer", settings, words="rules, off", method="optimize(prompt, style)")
    return optimizer
