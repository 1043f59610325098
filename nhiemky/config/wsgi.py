"""WSGI entry for any server."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nhiemky.config.settings")
application = get_wsgi_application()

# The framework's own objects live as long as the process: looking through them again and again for garbage
# cost the slowest requests a tenth of their time.
gc.collect()
gc.freeze()
gc.set_threshold(25_000, 20, 20)
