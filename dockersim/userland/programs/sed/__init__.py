"""sed: the POSIX language, with GNU's additions in daily use.

``reader`` and ``arguments`` make a script's :class:`~.script.Command` list; ``editor`` runs it over ``input``, line by
line, with ``selection`` for the addresses and ``commands`` for what each letter does. ``main`` is the program.
"""
