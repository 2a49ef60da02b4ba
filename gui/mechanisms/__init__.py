"""What the panel of mechanisms says."""
