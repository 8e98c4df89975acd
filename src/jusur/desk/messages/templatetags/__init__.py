"""Template tags of the messages area."""
