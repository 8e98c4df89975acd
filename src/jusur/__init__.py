"""Jusur: the open system for cross-border police cooperation."""

__version__ = "0.1.0"
