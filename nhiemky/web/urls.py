"""Addresses of the staff screens."""

from django.urls import path

from nhiemky.web.account import views as account

urlpatterns = [
    path("dang-nhap/", account.sign_in, name="web.account.sign_in"),
    path("dang-xuat/", account.sign_out, name="web.account.sign_out"),
]
