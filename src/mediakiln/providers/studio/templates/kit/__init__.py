"""The pieces templates are put together from: materials, grounds, frames, ornaments."""
