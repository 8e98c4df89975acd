"""Conversations, warnings to many bureaus, attachments."""
