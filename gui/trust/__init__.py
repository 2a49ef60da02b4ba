"""What the page of trust is made of: lines in words, hidden causes, how it would be set."""
