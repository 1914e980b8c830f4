"""The card that shows how a text comes about."""
