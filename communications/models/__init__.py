from communications.models.messages import Message, MessageState
from communications.models.plans import ContactPlan, UpdateMode
from communications.models.updates import Update, UpdateState

__all__ = ["ContactPlan", "Message", "MessageState", "Update", "UpdateMode", "UpdateState"]
