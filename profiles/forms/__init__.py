from profiles.forms.contacts import ContactForm
from profiles.forms.customers import CustomerForm
from profiles.forms.locations import LocationForm

__all__ = ["ContactForm", "CustomerForm", "LocationForm"]
