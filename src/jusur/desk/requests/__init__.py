"""Evidence requests: compose, approve, follow, answer."""
