"""What every dialect's HTTP needs once: who calls, request bodies, result files, health and metrics."""
