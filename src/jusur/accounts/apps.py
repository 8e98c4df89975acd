from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Officers, their roles and tokens, and four-eyes approval."""

    name = "jusur.accounts"
    label = "accounts"
