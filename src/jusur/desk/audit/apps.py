from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Who saw or did what and why, with proofs."""

    name = "jusur.desk.audit"
    label = "desk_audit"
