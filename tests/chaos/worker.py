"""The Celery application as the chaos tests run it: two kinds of messages more, and a quick scheduler."""

from celery.schedules import schedule

from prm.celery import app

app.conf.imports = ("tests.chaos.kinds",)
app.conf.beat_schedule = {"tick": {"task": "planning.tick", "schedule": schedule(1.0), "options": {"expires": 5}}}

__all__ = ["app"]
