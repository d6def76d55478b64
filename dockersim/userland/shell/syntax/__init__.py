"""Text to tree, and nothing else: no process, no variable is looked at.

``source`` < ``quoting`` < ``lexer`` < ``parser`` are one reader, each adding what the one before cannot see: positions,
the parts of words, tokens, commands. ``parameters``, ``conditions`` and ``compound`` hold what begins with ``${``,
``[[`` and a reserved word. ``program`` reads whole texts; ``ast`` is what comes out.
"""
