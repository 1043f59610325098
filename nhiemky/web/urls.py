"""Addresses of the staff screens."""

from django.urls import path

from nhiemky.web.account import factors, passwords, people, start
from nhiemky.web.account import views as account
from nhiemky.web.care import views as care
from nhiemky.web.charts import views as charts
from nhiemky.web.documents import views as documents
from nhiemky.web.figures import adopting, board, target
from nhiemky.web.figures import views as figures
from nhiemky.web.gallery import views as gallery
from nhiemky.web.help import views as help
from nhiemky.web.home import views as home
from nhiemky.web.members import beginning, merging
from nhiemky.web.records import evidence, listing, picking, recording, stating
from nhiemky.web.records import views as records
from nhiemky.web.reports import views as reports
from nhiemky.web.terms import views as terms
from nhiemky.web.units import views as units

urlpatterns = [
    path("", home.home, name="web.home"),
    path("dang-nhap/", account.sign_in, name="web.account.sign_in"),
    path("dang-xuat/", account.sign_out, name="web.account.sign_out"),
    path("dang-nhap/ma/", account.code, name="web.account.code"),
    path("bat-dau/<str:token>/", start.start, name="web.account.start"),
    path("loi-moi/<str:token>/", people.accept, name="web.account.accept"),
    path("quen-mat-khau/", passwords.forgot, name="web.account.forgot"),
    path("dat-mat-khau/<str:token>/", passwords.reset, name="web.account.reset"),
    path("tai-khoan/", passwords.account, name="web.account.account"),
    path("tai-khoan/thu/", passwords.email, name="web.account.email"),
    path("tai-khoan/mat-khau/", passwords.password, name="web.account.password"),
    path("tai-khoan/xac-nhan/", passwords.confirm, name="web.account.confirm"),
    path("tai-khoan/hai-lop/", factors.factor, name="web.account.factor"),
    path("tai-khoan/hai-lop/ung-dung/", factors.app, name="web.account.app"),
    path("tai-khoan/hai-lop/khoa/", factors.passkey, name="web.account.passkey"),
    path("tai-khoan/hai-lop/ma-du-phong/", factors.codes, name="web.account.codes"),
    path("tai-khoan/hai-lop/<int:key>/bo/", factors.remove, name="web.account.remove_factor"),
    path("don-vi/<slug:code>/ten/", people.name, name="web.units.name"),
    path("don-vi/<slug:code>/nguoi-dung/", people.people, name="web.account.invite"),
    path("don-vi/<slug:code>/nguoi-dung/loi-moi/<int:key>/thu-hoi/", people.revoke, name="web.account.revoke"),
    path("don-vi/<slug:code>/nguoi-dung/<int:key>/cho-thoi/", people.end, name="web.account.end_grant"),
    path("don-vi/", units.tree, name="web.units.tree"),
    path("don-vi/<slug:code>/", units.unit, name="web.units.unit"),
    path("don-vi/<slug:code>/bao-cao/<str:period>/", reports.report, name="web.reports.report"),
    path("don-vi/<slug:code>/bao-cao/<str:period>/tai/<slug:format>/", reports.download, name="web.reports.download"),
    path("don-vi/<slug:code>/bao-cao/<str:period>/ban-hanh/", reports.issue, name="web.reports.issue"),
    path("don-vi/<slug:code>/nhiem-ky/moi/", terms.open, name="web.terms.open"),
    path("don-vi/<slug:code>/nhiem-ky/<str:period>/ket-thuc/", terms.close, name="web.terms.close"),
    path("don-vi/<slug:code>/nhiem-ky/<str:period>/sua/", terms.correct, name="web.terms.correct"),
    path("don-vi/<slug:code>/ky-bao-cao/<str:period>/sua/", terms.correct_named, name="web.periods.correct"),
    path("don-vi/<slug:code>/ky-bao-cao/moi/", terms.name, name="web.periods.name"),
    path("don-vi/<slug:code>/chi-tieu/<str:period>/moi/", adopting.adopt, name="web.targets.adopt"),
    path("chi-tieu/<str:target>/sua/", adopting.correct, name="web.targets.correct"),
    path("chi-tieu/<str:target>/rut/", adopting.withdraw, name="web.targets.withdraw"),
    path("don-vi/<slug:code>/chi-tieu/<str:period>/", board.board, name="web.targets.board"),
    path("chi-tieu/<str:code>/", target.target, name="web.targets.target"),
    path("don-vi/<slug:code>/bieu-do/<slug:name>/", charts.chart, name="web.charts.chart"),
    path("don-vi/<slug:code>/bieu-do/<slug:name>/<slug:format>/", charts.file, name="web.charts.file"),
    path("so-lieu/<slug:indicator>/<slug:code>/", figures.figure, name="web.figures.figure"),
    path("so-lieu/<slug:indicator>/<slug:code>/excel/", figures.export, name="web.figures.export"),
    path("ban-ghi/<str:code>/", records.entry, name="web.records.entry"),
    path("so-ke/<str:code>/", records.statement, name="web.records.statement"),
    path("ghi-viec/", picking.pick_unit, name="web.records.pick_unit"),
    path("ghi-viec/so-tien/", recording.amount, name="web.records.amount"),
    path("don-vi/<slug:code>/ghi-viec/", recording.new, name="web.records.new"),
    path("don-vi/<slug:code>/ke-khai/", stating.state, name="web.records.state"),
    path("don-vi/<slug:code>/viec/excel/", listing.export, name="web.records.export"),
    path("ban-ghi/<str:code>/sua/", recording.correct, name="web.records.correct"),
    path("ban-ghi/<str:code>/huy/", recording.cancel, name="web.records.cancel"),
    path("ban-ghi/<str:code>/minh-chung/", evidence.add, name="web.records.add_evidence"),
    path("ban-ghi/<str:code>/minh-chung/<slug:evidence>/", evidence.file, name="web.records.evidence"),
    path("so-ke/<str:code>/sua/", stating.correct, name="web.records.correct_statement"),
    path("van-ban/", documents.documents, name="web.documents.list"),
    path("van-ban/<str:code>/", documents.document, name="web.documents.document"),
    path("van-ban/<str:code>/<slug:format>/", documents.file, name="web.documents.file"),
    path("mau-van-ban/", documents.template, name="web.documents.template"),
    path("mau-van-ban/tai/", documents.template_download, name="web.documents.template_download"),
    path("sao-luu/", care.backups, name="web.care.backups"),
    path("sao-luu/tao/", care.order, name="web.care.order"),
    path("sao-luu/tai/<str:name>/", care.download, name="web.care.download"),
    path("tro-giup/", help.index, name="web.help.index"),
    path("tro-giup/<slug:slug>/", help.page, name="web.help.page"),
    path("tro-giup/anh/<str:name>", help.picture, name="web.help.picture"),
    path("gallery/", gallery.gallery, name="web.gallery"),
    path("doan-vien/<str:code>/gop/", merging.merge, name="web.members.merge"),
    path("doan-vien/<str:code>/gop/<int:key>/tach/", merging.unmerge, name="web.members.unmerge"),
    path("don-vi/<slug:code>/doan-vien/tinh-theo-so/", beginning.begin, name="web.members.begin"),
]
