from django.urls import URLPattern, path

from enablement.views import public as behind_mails
from enablement.views.portal import learning, practice
from enablement.views.studio import contents, items

studio: list[URLPattern] = [
    path("library/", contents.content_list, name="content_list"),
    path("library/new/", contents.content_choose, name="content_choose"),
    path("library/new/<slug:kind>/", contents.content_create, name="content_create"),
    path("library/preview/", contents.content_preview, name="content_preview"),
    path("library/reach/", contents.content_reach, name="content_reach"),
    path("library/questions/<slug:public_id>/", items.item_edit, name="item_edit"),
    path("library/questions/<slug:public_id>/retire/", items.item_retire, name="item_retire"),
    path("library/questions/<slug:public_id>/restore/", items.item_restore, name="item_restore"),
    path("library/<slug:public_id>/", contents.content_detail, name="content_detail"),
    path("library/<slug:public_id>/edit/", contents.content_edit, name="content_edit"),
    path("library/<slug:public_id>/readers/", contents.content_readers, name="content_readers"),
    path("library/<slug:public_id>/file/", contents.content_file, name="content_file"),
    path("library/<slug:public_id>/publish/", contents.content_publish, name="content_publish"),
    path("library/<slug:public_id>/withdraw/", contents.content_withdraw, name="content_withdraw"),
    path("library/<slug:public_id>/archive/", contents.content_archive, name="content_archive"),
    path("library/<slug:public_id>/restore/", contents.content_restore, name="content_restore"),
    path("library/<slug:public_id>/questions/new/", items.item_create, name="item_create"),
]

portal: list[URLPattern] = [
    path("learn/", learning.learn, name="learn"),
    path("learn/<slug:public_id>/", learning.learn_detail, name="learn_detail"),
    path("learn/<slug:public_id>/file/", learning.learn_file, name="learn_file"),
    path("learn/<slug:public_id>/beat/", learning.learn_beat, name="learn_beat"),
    path("learn/<slug:public_id>/done/", learning.learn_done, name="learn_done"),
    path("learn/<slug:public_id>/check/<slug:item_id>/", learning.learn_check, name="learn_check"),
    path("practice/", practice.practice, name="practice"),
    path("practice/start/", practice.practice_start, name="practice_start"),
    path("practice/mails/", practice.practice_mails, name="practice_mails"),
    path("practice/<slug:public_id>/", practice.practice_round, name="practice_round"),
]

public: list[URLPattern] = [
    path("r/<slug:token>/", behind_mails.recall, name="recall"),
    path("r/<slug:token>/more/", behind_mails.recall_more, name="recall_more"),
    path("r/<slug:token>/pause/", behind_mails.recall_pause, name="recall_pause"),
]
