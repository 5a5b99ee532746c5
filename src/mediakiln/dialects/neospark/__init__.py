"""The NeoSpark API: drawing sessions, video, storage, billing and sign-in at `/api/v1` (seed 000)."""
