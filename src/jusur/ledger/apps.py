from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The node's transparency log: every event that matters, once."""

    name = "jusur.ledger"
    label = "ledger"
