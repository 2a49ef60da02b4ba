"""What the training panel is made of: its table, the cells of it, and how results are worded."""
