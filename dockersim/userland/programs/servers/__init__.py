"""Servers: what starts, listens, logs, answers and stops on signals."""
