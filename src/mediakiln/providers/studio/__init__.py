"""The built-in engine: deterministic procedural pictures and video, with no network, no weights and no GPU."""
