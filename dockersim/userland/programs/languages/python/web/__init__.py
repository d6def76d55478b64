"""Flask, FastAPI and ``http.server``: applications whose functions the interpreter runs."""
