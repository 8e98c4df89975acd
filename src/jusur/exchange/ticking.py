"""What the exchange does by the clock; the worker calls `tick` every few seconds."""

from jusur.exchange import courier, offers, retention


def tick() -> None:
    """Expire deliveries and offers, watch who is silent and what waits too long; forget what is old."""
    courier.tick()
    offers.expire_offers()
    retention.forget_due()
