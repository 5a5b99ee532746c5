"""The subjects on the stage: sized, placed, moved and painted."""

from mediakiln.providers.studio.cast.actor import Actor, travel
from mediakiln.providers.studio.cast.perform import perform
from mediakiln.providers.studio.cast.place import chase, plan

__all__ = ["Actor", "chase", "perform", "plan", "travel"]
