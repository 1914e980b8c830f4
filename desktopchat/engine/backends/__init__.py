"""Backends: folders of llama.cpp's libraries, found, tried, chosen, added and rolled back."""
