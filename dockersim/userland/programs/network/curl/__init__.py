"""curl: one or more requests, with the words of curl 8 where something fails.

``options`` reads the command line; ``message`` < ``exchange`` < ``transfer`` make the request, send it, and store
what comes; ``report`` is what is printed about it. ``main`` is the program.
"""
