"""Addresses of the way to the national directory and back, under the names by which django-allauth finds them."""

from django.urls import path

from jusur.desk.signin import directory

urlpatterns = [
    path("sign-in/directory/<slug:provider_id>", directory.login, name="openid_connect_login"),
    path("sign-in/directory/<slug:provider_id>/back", directory.callback, name="openid_connect_callback"),
]
