"""Asks a model hub. The only package that imports huggingface_hub."""
