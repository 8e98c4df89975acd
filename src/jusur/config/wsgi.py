"""The web process's WSGI application (served by granian, see ``jusur.config.web``)."""

from django.core.wsgi import get_wsgi_application

from jusur.config.bootstrap import setup
from jusur.node import logs

logs.configure("web", setup(pages=True))
application = get_wsgi_application()
