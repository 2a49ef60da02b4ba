"""Pinned answers: how they are made, changed and shown."""
