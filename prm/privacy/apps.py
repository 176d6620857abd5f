from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "prm.privacy"
    label = "privacy"
    verbose_name = "Privacy"
