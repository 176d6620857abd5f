"""What the platform itself hangs into the shell."""

from django.utils.translation import gettext_lazy as _

from prm.web.places import NavItem, navigation

navigation.register(
    NavItem("home", _("Home"), "house", "studio_home", "studio", order=0),
    NavItem("portal", _("Home"), "house", "portal_home", "portal", order=0),
)
