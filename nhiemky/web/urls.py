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
from nhiemky.web.members import (
    amending,
    beginning,
    belonging,
    dues,
    entering,
    entering_many,
    importing,
    importing_preview,
    merging,
    standing,
)
from nhiemky.web.members import children as members_children
from nhiemky.web.members import exporting as members_out
from nhiemky.web.members import list as members
from nhiemky.web.members import person as members_person
from nhiemky.web.members import privacy as members_privacy
from nhiemky.web.members import search as members_search
from nhiemky.web.posts import forms as post_forms
from nhiemky.web.posts import views as posts
from nhiemky.web.records import evidence, listing, picking, recording, stating
from nhiemky.web.records import views as records
from nhiemky.web.reports import views as reports
from nhiemky.web.rulesets import views as rulesets
from nhiemky.web.terms import views as terms
from nhiemky.web.transfers import answering, asking
from nhiemky.web.transfers import listing as transfers
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
    path("don-vi/<slug:code>/lich-su/", units.life, name="web.units.life"),
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
    path("don-vi/<slug:code>/doan-vien/them/", entering.new, name="web.members.new"),
    path("don-vi/<slug:code>/doan-vien/them-nhieu/", entering_many.new_many, name="web.members.new_many"),
    path("don-vi/<slug:code>/doan-vien/doan-phi/", dues.of_unit, name="web.members.dues_of_unit"),
    path("doan-vien/tim/", members_search.search, name="web.members.search"),
    path("doan-vien/<str:code>/", members_person.person, name="web.members.person"),
    path("doan-vien/<str:code>/sua/", amending.amend, name="web.members.amend"),
    path("doan-vien/<str:code>/roi/", belonging.leave, name="web.members.leave"),
    path("doan-vien/<str:code>/ket-nap-lai/", belonging.rejoin, name="web.members.rejoin"),
    path("doan-vien/<str:code>/vao/<str:row>/sua/", belonging.correct, name="web.members.correct"),
    path("doan-vien/<str:code>/vao/<str:row>/bo/", belonging.annul, name="web.members.annul"),
    path("doan-vien/<str:code>/to/", belonging.group, name="web.members.group"),
    path("doan-vien/<str:code>/tinh-trang/", standing.record, name="web.members.standing"),
    path("doan-vien/<str:code>/tinh-trang/<str:row>/het/", standing.end, name="web.members.standing_end"),
    path("doan-vien/<str:code>/doan-phi/", dues.of_member, name="web.members.dues"),
    path("doan-vien/<str:code>/con/", members_children.add, name="web.members.child"),
    path("doan-vien/<str:code>/con/<str:row>/xoa/", members_children.remove, name="web.members.child_gone"),
    path("doan-vien/<str:code>/chuyen/", asking.new, name="web.transfers.new"),
    path("don-vi/<slug:code>/chuyen-sinh-hoat/", transfers.transfers, name="web.transfers.list"),
    path("don-vi/<slug:code>/chuyen-sinh-hoat/tiep-nhan/", asking.receive, name="web.transfers.receive"),
    path("chuyen-sinh-hoat/<str:code>/", answering.transfer, name="web.transfers.transfer"),
    path("chuyen-sinh-hoat/<str:code>/nhan/", answering.accept, name="web.transfers.accept"),
    path("chuyen-sinh-hoat/<str:code>/khong-nhan/", answering.refuse, name="web.transfers.refuse"),
    path("chuyen-sinh-hoat/<str:code>/rut/", answering.withdraw, name="web.transfers.withdraw"),
    path("chuyen-sinh-hoat/<str:code>/giay/", answering.letter, name="web.transfers.letter"),
    path("quy-dinh/", rulesets.rules, name="web.rulesets.rules"),
    path("don-vi/<slug:code>/chuc-danh/", posts.posts, name="web.posts.list"),
    path("don-vi/<slug:code>/chuc-danh/them/", post_forms.fill, name="web.posts.fill"),
    path("don-vi/<slug:code>/chuc-danh/so-luong/", post_forms.size, name="web.posts.size"),
    path("don-vi/<slug:code>/chuc-danh/quy-dinh/", post_forms.choose, name="web.posts.choose"),
    path("don-vi/<slug:code>/chuc-danh/ban/<slug:body>/", posts.body, name="web.posts.body"),
    path("chuc-danh/<str:code>/sua/", post_forms.correct, name="web.posts.correct"),
    path("chuc-danh/<str:code>/thoi/", post_forms.end, name="web.posts.end"),
    path("chuc-danh/<str:code>/bo/", post_forms.annul, name="web.posts.annul"),
    path("don-vi/<slug:code>/doan-vien/nap/", importing.hand_in, name="web.members.import"),
    path("don-vi/<slug:code>/doan-vien/nap/mau/", importing.template, name="web.members.import_template"),
    path(
        "don-vi/<slug:code>/doan-vien/nap/<slug:draft>/cot/", importing.set_columns, name="web.members.import_columns"
    ),
    path("don-vi/<slug:code>/doan-vien/nap/<slug:draft>/", importing_preview.show, name="web.members.import_preview"),
    path(
        "don-vi/<slug:code>/doan-vien/nap/<slug:draft>/ghi/", importing_preview.apply, name="web.members.import_apply"
    ),
    path(
        "don-vi/<slug:code>/doan-vien/nap/<slug:draft>/ket-qua/",
        importing_preview.report,
        name="web.members.import_report",
    ),
    path("don-vi/<slug:code>/doan-vien/nap/<slug:draft>/bo/", importing.drop, name="web.members.import_drop"),
    path("don-vi/<slug:code>/doan-vien/", members.members, name="web.members.list"),
    path("don-vi/<slug:code>/doan-vien/excel/", members_out.export, name="web.members.export"),
    path("don-vi/<slug:code>/doan-vien/trich-ngang/", members_out.brief_list, name="web.members.brief_list"),
    path("don-vi/<slug:code>/doan-vien/da-xem/", members_privacy.readings, name="web.members.readings"),
    path("doan-vien/<str:code>/xem-rieng/", members_privacy.reveal, name="web.members.reveal"),
    path("doan-vien/<str:code>/du-lieu/", members_privacy.own_data, name="web.members.own_data"),
    path("doan-vien/<str:code>/xoa/", members_privacy.erase, name="web.members.erase"),
    path("doan-vien/<str:code>/gop/", merging.merge, name="web.members.merge"),
    path("doan-vien/<str:code>/gop/<int:key>/tach/", merging.unmerge, name="web.members.unmerge"),
    path("don-vi/<slug:code>/doan-vien/tinh-theo-so/", beginning.begin, name="web.members.begin"),
]
