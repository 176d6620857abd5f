from django.apps import AppConfig


class EmbeddedConfig(AppConfig):
    name = "prm.embedded"
    label = "embedded"
    verbose_name = "Embedded servers"
