"""What the editor of a tower starts from: the layers of one policy and class on a day, and what stands beside them."""

import datetime
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.db.models import Q

from accounts.models import User
from market.models import ClassMode, ClassOfBusiness, Insurer
from programmes.models import Policy, Section, Terms
from programmes.selectors.towers import Held, layers_beside, room_of
from programmes.selectors.versions import holding, to_be_edited


@dataclass(frozen=True)
class Ground:
    """One policy's layers of a class on a day. All rows are fetched; nothing here asks the database again."""

    policy: Policy
    class_of_business: ClassOfBusiness
    on: datetime.date
    sections: tuple[Section, ...]
    """Every section of the policy, of any class: their references are taken."""
    versions: tuple[Terms, ...]
    """Every version of the sections of the class, with lines and cover terms."""
    beside: tuple[Held, ...]
    insurers: tuple[Insurer, ...]

    @cached_property
    def standing(self) -> list[Terms]:
        """The versions that hold on the day, the highest layer first, as the tower stands."""
        found = [row for row in self.versions if row.holds_on(self.on)]
        return sorted(found, key=lambda row: (row.attachment_point, room_of(row) or 0), reverse=True)

    @cached_property
    def absent(self) -> list[Section]:
        """Sections of the class without terms on the day: ended by then, or not begun."""
        present = {row.section_id for row in self.standing}
        return [row for row in self.own_sections if row.pk not in present]

    @property
    def own_sections(self) -> list[Section]:
        return [row for row in self.sections if row.class_of_business_id == self.class_of_business.pk]

    @property
    def classes(self) -> list[ClassOfBusiness]:
        """The classes of the policy that have towers, to choose between."""
        return classes_with_towers(self.policy, self.sections)

    def version(self, pk: UUID | None) -> Terms | None:
        return next((row for row in self.versions if row.pk == pk), None)

    def section(self, pk: UUID | None) -> Section | None:
        return next((row for row in self.own_sections if row.pk == pk), None)

    def held_by(self, section: Section) -> Terms | None:
        """The version of the section that holds on the day."""
        return holding([row for row in self.versions if row.section_id == section.pk], self.on)


def classes_with_towers(policy: Policy, sections: tuple[Section, ...]) -> list[ClassOfBusiness]:
    """The classes of a policy's sections that have towers, else the policy's own."""
    found = {row.class_of_business for row in sections} or {policy.class_of_business}
    return sorted((row for row in found if row.mode == ClassMode.TOWER), key=lambda row: (row.rank, row.code))


def sections_of(policy: Policy) -> tuple[Section, ...]:
    """The sections of a policy with their classes."""
    rows = policy.sections.select_related("class_of_business").order_by("reference", "pk")
    for row in rows:
        row.policy = policy
    return tuple(rows)


def ground_of(
    policy: Policy,
    class_of_business: ClassOfBusiness,
    sections: tuple[Section, ...],
    *,
    on: datetime.date,
    user: User,
) -> Ground:
    """Six queries, however many layers and versions there are."""
    by_id = {row.pk: row for row in sections if row.class_of_business_id == class_of_business.pk}
    versions = list(to_be_edited(Terms.objects.filter(section__in=by_id).order_by("first_day", "pk")))
    for row in versions:
        row.section = by_id[row.section_id]
    named = {line.insurer_id for row in versions for line in row.participations.all() if line.insurer_id}
    insurers = Insurer.objects.visible_to(user).filter(Q(is_active=True) | Q(pk__in=named)).order_by("name", "country")
    return Ground(
        policy=policy,
        class_of_business=class_of_business,
        on=on,
        sections=sections,
        versions=tuple(versions),
        beside=tuple(layers_beside(policy, class_of_business, on=on)),
        insurers=tuple(insurers),
    )
