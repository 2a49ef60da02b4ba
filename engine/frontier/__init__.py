"""Effects by balance alone: weights that make two groups alike, before any mechanism is trained."""
