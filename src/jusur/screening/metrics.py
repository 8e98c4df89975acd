"""The search process's figures for Prometheus: counts, times and sizes, never what was searched for."""

from prometheus_client import Counter, Gauge, Histogram

from jusur.node.metrics import LATENCY_BUCKETS

SEARCHES = Counter("jusur_searches_total", "Searches answered or refused.", ("channel", "outcome"))
SECONDS = Histogram(
    "jusur_search_seconds", "Time from the request to its answer.", ("channel",), buckets=LATENCY_BUCKETS
)
CHANGES = Counter("jusur_search_changes_total", "Changed records taken into the index.")
POSITION = Gauge(
    "jusur_search_position",
    "Place in the feed of changes up to which the index is true.",
    multiprocess_mode="livemin",
)
REMOTE = Counter("jusur_search_remote_total", "Other bureaus' answers to this node's searches.", ("state",))
