"""What a running program needs: ``values``, the record, streams, and the built-in functions."""
