"""The web process's WSGI application (served by granian, see ``jusur.config.web``)."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
