"""tar: ``archiver`` < ``making`` < ``reading`` are one run in layers; ``main`` is the program."""
