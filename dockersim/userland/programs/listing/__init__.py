"""ls, as GNU and as busybox list.

``names`` < ``rows`` < ``lister`` are one run in layers: how a name looks, how the entries are laid out, which entries
there are and in what order. ``main`` is the program.
"""
