"""awk: ``syntax`` reads a program, ``code`` translates it to Python, ``runtime`` is what that code calls.

``main`` is the program.
"""
