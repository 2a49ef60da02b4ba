"""What the concepts panel says, draws and lets people edit."""
