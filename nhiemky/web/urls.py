"""Addresses of the staff screens."""

from django.urls import path

from nhiemky.web.account import views as account
from nhiemky.web.documents import views as documents
from nhiemky.web.figures import board, target
from nhiemky.web.figures import views as figures
from nhiemky.web.gallery import views as gallery
from nhiemky.web.help import views as help
from nhiemky.web.home import views as home
from nhiemky.web.records import views as records
from nhiemky.web.reports import views as reports
from nhiemky.web.units import views as units

urlpatterns = [
    path("", home.home, name="web.home"),
    path("dang-nhap/", account.sign_in, name="web.account.sign_in"),
    path("dang-xuat/", account.sign_out, name="web.account.sign_out"),
    path("don-vi/", units.tree, name="web.units.tree"),
    path("don-vi/<slug:code>/", units.unit, name="web.units.unit"),
    path("don-vi/<slug:code>/bao-cao/<str:period>/", reports.report, name="web.reports.report"),
    path("don-vi/<slug:code>/bao-cao/<str:period>/tai/<slug:format>/", reports.download, name="web.reports.download"),
    path("don-vi/<slug:code>/bao-cao/<str:period>/ban-hanh/", reports.issue, name="web.reports.issue"),
    path("don-vi/<slug:code>/chi-tieu/<str:period>/", board.board, name="web.targets.board"),
    path("chi-tieu/<str:code>/", target.target, name="web.targets.target"),
    path("so-lieu/<slug:indicator>/<slug:code>/", figures.figure, name="web.figures.figure"),
    path("so-lieu/<slug:indicator>/<slug:code>/excel/", figures.export, name="web.figures.export"),
    path("ban-ghi/<str:code>/", records.entry, name="web.records.entry"),
    path("so-ke/<str:code>/", records.statement, name="web.records.statement"),
    path("van-ban/", documents.documents, name="web.documents.list"),
    path("van-ban/<str:code>/", documents.document, name="web.documents.document"),
    path("van-ban/<str:code>/<slug:format>/", documents.file, name="web.documents.file"),
    path("mau-van-ban/", documents.template, name="web.documents.template"),
    path("mau-van-ban/tai/", documents.template_download, name="web.documents.template_download"),
    path("tro-giup/", help.index, name="web.help.index"),
    path("tro-giup/<slug:slug>/", help.page, name="web.help.page"),
    path("tro-giup/anh/<str:name>", help.picture, name="web.help.picture"),
    path("gallery/", gallery.gallery, name="web.gallery"),
]
