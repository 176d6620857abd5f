from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "prm.audit"
    label = "audit"
    verbose_name = "Audit"

    def ready(self) -> None:
        from prm.audit import receivers  # noqa: F401 - listens to changes of people and organizations
