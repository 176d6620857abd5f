from django.apps import AppConfig


class ExportsConfig(AppConfig):
    name = "prm.exports"
    label = "exports"
    verbose_name = "Exports"
