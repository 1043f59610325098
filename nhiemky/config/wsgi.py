"""WSGI entry for any server."""

import gc
import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nhiemky.config.settings")
application = get_wsgi_application()
import_module("nhiemky.foundation.disk").keep_private()
import_module("nhiemky.config.place").prepare()
# a machine that stopped in the middle of a restore takes up the key of the restored data now
import_module("nhiemky.foundation.backup.restoring").finish_restore()

# The framework's own objects live as long as the process: looking through them again and again for garbage
# cost the slowest requests a tenth of their time.
gc.collect()
gc.freeze()
gc.set_threshold(25_000, 20, 20)
