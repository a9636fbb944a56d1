#!/usr/bin/env python
"""Django's command line. Without configuration it uses the servers under .data/, starting them when they are not up."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "broker_crm.settings")
    from django.core.management import execute_from_command_line

    from broker_crm.servers.borrowed import servers_for

    with servers_for(sys.argv):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
