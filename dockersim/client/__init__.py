"""The ``docker`` command line: grammar, flags, help, templates, tables, units; and the commands on top of them."""
