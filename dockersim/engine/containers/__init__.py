"""Containers: their wishes, their states, their life, their streams."""
