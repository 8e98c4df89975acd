"""Who saw or did what and why, with proofs."""
