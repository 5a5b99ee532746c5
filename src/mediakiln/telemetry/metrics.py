"""Prometheus metrics. Labels are closed sets (dialects, models, routes, codes), never ids, so that memory stays flat."""

from __future__ import annotations

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess

SUBMITTED = Counter("mediakiln_tasks_submitted_total", "Tasks taken in.", ["dialect", "model"])
FINISHED = Counter("mediakiln_tasks_finished_total", "Tasks finished.", ["dialect", "model", "state", "error"])
DURATION = Histogram(
    "mediakiln_task_seconds",
    "Seconds from submit to finish of succeeded tasks.",
    ["kind", "model"],
    buckets=(0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800),
)
STARTED_AFTER = Histogram(
    "mediakiln_task_wait_seconds",
    "Seconds from submit to the first attempt.",
    buckets=(0.005, 0.01, 0.025, 0.1, 0.5, 1, 5, 30, 120, 600),
)
PROVIDER_ERRORS = Counter("mediakiln_provider_errors_total", "Failures a provider raised.", ["provider", "failure"])
SUBMISSION_UNKNOWN = Counter(
    "mediakiln_submission_unknown_total",
    "Upstream submits whose outcome could not be learned; look at the upstream's bill.",
    ["provider"],
)
OPERATOR_FAULTS = Counter(
    "mediakiln_operator_faults_total", "Upstream key or balance trouble: alert on any increase.", ["provider"]
)
WEBHOOKS = Counter(
    "mediakiln_webhooks_total",
    "Tries to tell a caller of a task's end: delivered, failed (tried again), dead.",
    ["dialect", "outcome"],
)
ROUTE_SECONDS = Histogram(
    "mediakiln_route_seconds",
    "Seconds from a submit to an upstream account until it delivered.",
    ["provider", "upstream_model"],
    buckets=(0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800),
)
ROUTE_COST = Counter(
    "mediakiln_route_cost_usd_total",
    "What delivered jobs cost at the upstream by the catalogue's `cost`, in USD.",
    ["provider", "upstream_model"],
)
BREAKER_OPEN = Gauge("mediakiln_breaker_open", "1 while an upstream account is left alone.", ["provider"])
DIFFUSERS_BATCH = Histogram(
    "mediakiln_diffusers_batch_size",
    "Pictures or videos that a pipeline on this machine drew in one call.",
    ["upstream_model", "task"],
    buckets=(1, 2, 4, 8, 16, 32),
)
REQUESTS = Counter("mediakiln_http_requests_total", "Answered requests.", ["dialect", "status"])


def render() -> bytes:
    """Every metric of this server in the text format; sums over all processes when PROMETHEUS_MULTIPROC_DIR is set."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest()
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
