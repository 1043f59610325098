"""Root addresses."""

from django.urls import include, path

handler400 = "nhiemky.web.errors.bad_request"
handler403 = "nhiemky.web.errors.forbidden"
handler404 = "nhiemky.web.errors.not_found"
handler500 = "nhiemky.web.errors.failed"

urlpatterns = [path("", include("nhiemky.web.urls"))]
