from tests.notices.network import network

__all__ = ["network"]
