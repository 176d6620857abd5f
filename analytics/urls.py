from django.urls import path

from analytics.views import studio as views

studio = [
    path("figures/", views.figure_list, name="figure_list"),
    path("figures/<slug:name>/", views.figure_detail, name="figure_detail"),
]
