from django.apps import AppConfig


class MessagesConfig(AppConfig):
    """Conversations, warnings to many bureaus, attachments."""

    name = "jusur.desk.messages"
    label = "desk_messages"
