"""Latent projection, and the order in which an observational law factorises."""
