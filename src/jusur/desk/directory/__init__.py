"""Members, legal instruments, joining, keys."""
