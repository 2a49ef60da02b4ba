"""The parts of the outline: its lines, and the tree that shows them."""
