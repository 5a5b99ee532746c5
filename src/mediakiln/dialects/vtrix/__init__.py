"""The Vtrix API: one gateway for all models at `/model/v1` (seeds 001, 002, 003), and what its command line client asks for."""
