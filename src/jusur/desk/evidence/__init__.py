"""Packages, chain of custody, verification, exports."""
