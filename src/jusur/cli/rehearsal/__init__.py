"""The rehearsal: three real nodes on this machine and the fast track between two of them."""
