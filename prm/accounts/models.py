from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from prm.accounts.permissions import ROLE_LABELS, Role
from prm.tenancy.fields import PublicIdField
from prm.tenancy.managers import UnscopedQuery
from prm.tenancy.models import Organization


def normalize_email(address: str) -> str:
    """Addresses are compared with `=` everywhere, so they are stored in one form."""
    return address.strip().lower()


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        person = self.model(email=normalize_email(email), **fields)
        if password:
            person.set_password(password)
        else:
            person.set_unusable_password()
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        """An operator of the installation, for `manage.py createsuperuser`."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email=normalize_email(username or ""))


class Person(AbstractBaseUser, PermissionsMixin):
    """A human being with one e-mail address and one account, member of any number of organizations. Global."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    zone = models.CharField(_("time zone"), max_length=64, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    # Over all organizations, of what can wait; 0 is as many as there are.
    mails_a_week = models.PositiveSmallIntegerField(_("mails a week"), default=15, db_default=15)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("operator"), default=False)
    date_joined = models.DateTimeField(_("joined at"), auto_now_add=True)

    # The membership that a request found this person with (prm.accounts.backends); no column.
    found_at: "Membership | None" = None

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[PersonManager] = PersonManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [models.CheckConstraint(condition=Q(email=Lower("email")), name="accounts_email_is_lower")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def first_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email.split("@")[0]

    @property
    def initials(self) -> str:
        words = self.name.split() or [self.email]
        return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = normalize_email(self.email)
        super().save(*args, **kwargs)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> Self:
        return self.filter(state=Membership.State.ACTIVE)

    def staff(self) -> Self:
        return self.filter(kind=Membership.Kind.STAFF)

    def with_person(self) -> Self:
        return self.select_related("person")


class MembershipManager(models.Manager["Membership"]):
    """Memberships are global, so they are read only by saying for whom or where; anything else raises."""

    def get_queryset(self) -> MembershipQuerySet:
        return MembershipQuerySet(model=self.model, query=UnscopedQuery(self.model), using=self._db)

    def _rows(self) -> MembershipQuerySet:
        return MembershipQuerySet(model=self.model, using=self._db)

    def for_person(self, person: "Person | int") -> MembershipQuerySet:
        return self._rows().filter(person=person)

    def in_organization(self, organization: "Organization | int") -> MembershipQuerySet:
        return self._rows().filter(organization=organization)

    def by_id(self, pk: int) -> "Membership":
        return self._rows().select_related("person", "organization").get(pk=pk)


class Membership(models.Model):
    """A person in an organization: as staff with one or more roles, as a partner's person, or as a cohort's guest."""

    class Kind(models.TextChoices):
        STAFF = "staff", _("Staff")
        PARTNER = "partner", _("Partner")
        GUEST = "guest", _("Guest")

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        SUSPENDED = "suspended", _("Suspended")
        REMOVED = "removed", _("Removed")

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    public_id = PublicIdField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    roles = ArrayField(models.CharField(max_length=20), verbose_name=_("roles"), default=list, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ACTIVE)
    created_at = models.DateTimeField(_("member since"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects: ClassVar[MembershipManager] = MembershipManager()
    everywhere: ClassVar[models.Manager["Membership"]] = models.Manager()

    class Meta:
        base_manager_name = "everywhere"
        constraints = [
            models.UniqueConstraint(fields=["organization", "person"], name="accounts_membership_once"),
            # What tenant tables refer to: a row can name only a member of its own organization.
            models.UniqueConstraint(fields=["organization", "id"], name="accounts_membership_key"),
            models.CheckConstraint(
                condition=Q(kind="staff", roles__len__gt=0) | (~Q(kind="staff") & Q(roles=[])),
                name="accounts_roles_are_staffs",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "state"], name="accounts_membership_person"),
            # Few of many thousand members are colleagues, and pages ask for all of them.
            models.Index(fields=["organization"], condition=models.Q(kind="staff"), name="accounts_membership_staff"),
        ]

    def __str__(self) -> str:
        return str(self.person)

    @property
    def is_staff(self) -> bool:
        return self.kind == self.Kind.STAFF and self.state == self.State.ACTIVE

    @property
    def is_partner(self) -> bool:
        return self.kind == self.Kind.PARTNER and self.state == self.State.ACTIVE

    @property
    def is_owner(self) -> bool:
        return self.is_staff and Role.OWNER in self.roles

    @property
    def role_label(self) -> str:
        if self.kind == self.Kind.STAFF:
            return ", ".join(str(ROLE_LABELS[Role(role)]) for role in self.roles)
        return str(self.get_kind_display())

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which this person reads times: their own, else the organization's."""
        return ZoneInfo(self.person.zone or self.organization.zone)
