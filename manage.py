#!/usr/bin/env python
"""Django's command line. Without configuration it uses the servers under .data/, starting them when they are not up."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from broker_crm.servers.borrowed import servers_for


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "broker_crm.settings")
    with servers_for(sys.argv):
        try:
            execute_from_command_line(sys.argv)
        except ImproperlyConfigured as error:
            sys.exit(str(error))


if __name__ == "__main__":
    main()
