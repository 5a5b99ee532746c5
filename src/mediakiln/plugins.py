"""Parts that an operator brings: `package.module:factory` in a setting names what makes one."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from mediakiln.errors import ConfigurationError
from mediakiln.settings import Settings


def make(setting: str, settings: Settings, *, words: str, method: str) -> Any:
    """What the factory named by `settings.<setting>` makes of the settings; it must have `method`.

    `words` are the setting's other values, for the error. Raises ConfigurationError.
    """
    value: str = getattr(settings, setting)
    module, _, name = value.partition(":")
    if not module or not name:
        raise ConfigurationError(f"{setting}: got {value}; allowed: {words}, package.module:factory")
    try:
        factory = getattr(import_module(module), name)
    except Exception as error:  # importing runs the operator's code: anything may come out of it
        raise ConfigurationError(f"{setting}: cannot load {value}: {error}") from error
    if not callable(factory):
        raise ConfigurationError(f"{setting}: {value} is no factory: it cannot be called")
    try:
        made = factory(settings)
    except ConfigurationError:
        raise
    except Exception as error:
        raise ConfigurationError(f"{setting}: {value} failed: {error}") from error
    if not callable(getattr(made, method.partition("(")[0], None)):
        raise ConfigurationError(f"{setting}: {value} returned {made!r}, which has no {method}")
    return made
