import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prm.settings")
_application = get_wsgi_application()

# Forms freeze their model choices when they are imported: load every view now, outside any organization's scope.
import prm.urls  # noqa: E402,F401
from prm.web.stack import with_room  # noqa: E402

application = with_room(_application)

# What is loaded by now stays: the collector need not look through it again in every request, and processes that are
# forked from this one go on sharing it.
gc.collect()
gc.freeze()
