"""Root addresses."""

from django.urls import include, path

handler404 = "nhiemky.web.errors.not_found"
handler500 = "nhiemky.web.errors.failed"

urlpatterns = [path("", include("nhiemky.web.urls"))]
