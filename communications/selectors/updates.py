"""Updates as lists show them: how many of each kind, and how far their messages came."""

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.models import User
from common.dates import today
from communications.models import Message, MessageState, Update, UpdateState
from profiles.models import Contact

TROUBLE = (MessageState.FAILED, MessageState.UNCONFIRMED)


def update_rows(user: User) -> QuerySet[Update]:
    """The updates a user may see, each with counts of its messages and whether a contact receives it."""
    receives = Contact.objects.filter(customer=OuterRef("customer"), receives_updates=True).exclude(email="")
    rows: QuerySet[Update] = (
        Update.objects.visible_to(user)
        .select_related("customer__portfolio__manager")
        .annotate(
            sent=Count("messages", filter=Q(messages__state=MessageState.SENT)),
            waiting=Count("messages", filter=Q(messages__state__in=[MessageState.QUEUED, MessageState.SENDING])),
            troubled=Count("messages", filter=Q(messages__state__in=TROUBLE)),
            has_recipient=Exists(receives.exclude(left_on__lte=today())),
        )
    )
    return rows


def in_trouble(rows: QuerySet[Update]) -> QuerySet[Update]:
    """Those of which a message was refused, or may not have arrived."""
    return rows.filter(Exists(Message.objects.filter(update=OuterRef("pk"), state__in=TROUBLE)))


def state_counts(rows: QuerySet[Update]) -> dict[str, int]:
    """How many updates are in each state, in trouble, and ALL together, by one query."""
    troubled = Exists(Message.objects.filter(update=OuterRef("pk"), state__in=TROUBLE))
    counts: dict[str, int] = (
        Update.objects.filter(pk__in=rows.values("pk"))
        .annotate(is_troubled=troubled)
        .aggregate(
            ALL=Count("pk"),
            TROUBLE=Count("pk", filter=Q(is_troubled=True)),
            **{state.value: Count("pk", filter=Q(state=state)) for state in UpdateState},
        )
    )
    return counts
