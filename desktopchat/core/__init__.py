"""What a conversation, a model file and a parameter are. Standard library only."""
