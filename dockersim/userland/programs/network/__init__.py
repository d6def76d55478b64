"""Clients of networks: what connects, asks, and tells why it could not."""
