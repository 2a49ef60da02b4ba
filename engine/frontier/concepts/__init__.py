"""Concepts learnt from a base set and concept-conditional sets (arXiv 2402.09236)."""
