"""The transparency log, pure: Merkle tree (RFC 9162), tiles, signed notes and checkpoints (C2SP)."""
