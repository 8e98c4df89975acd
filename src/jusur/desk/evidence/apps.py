from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """Packages, chain of custody, verification, exports."""

    name = "jusur.desk.evidence"
    label = "desk_evidence"
