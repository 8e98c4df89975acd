"""The single-file offline verifier, shipped with every package so that a court can read and run it."""
