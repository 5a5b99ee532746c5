"""The Nano Banana API: images, videos, account and models at `/api/v1` (seed 004)."""
