"""What the instant panel says and draws."""
