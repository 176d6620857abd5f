"""The Celery application: the doorbell. What is due stands in Postgres (see prm.outbox and prm.tenancy.wakeups)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prm.settings")

app = Celery("canopy")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
