"""Keys, signatures, sealing, certificates and time-stamps: pure functions over bytes and key objects."""
