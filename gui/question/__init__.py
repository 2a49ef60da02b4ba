"""The three pages of the question panel, one per rung, and the parts they share."""
