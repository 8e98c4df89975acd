"""Views of the messages area."""
