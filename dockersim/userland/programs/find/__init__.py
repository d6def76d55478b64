"""find: the expression becomes a function of one file.

:class:`~.expression.Expression` is built in layers, each adding words: ``search`` (the walk) < ``tests`` < ``actions``
< ``expression`` (how words combine). ``main`` is the program.
"""
