from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Envelopes, outbox, inbox, receipts, transfers."""

    name = "jusur.exchange"
    label = "exchange"

    def ready(self) -> None:
        """Make the built-in kinds of message known."""
        from jusur.exchange import builtin

        builtin.register_all()
