"""The modules that tutorials import: a little of the standard library, ``redis`` and ``requests``."""
