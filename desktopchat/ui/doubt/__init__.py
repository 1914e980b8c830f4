"""The card that shows how far a model agrees with itself."""
