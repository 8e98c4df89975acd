"""What the exchange does by the clock; the worker calls `tick` every few seconds."""

from jusur.exchange import courier, offers


def tick() -> None:
    """Expire deliveries and offers, watch who is silent and what waits too long."""
    courier.tick()
    offers.expire_offers()
