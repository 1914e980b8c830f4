"""Inference behind one small interface (`engine.api`). No Qt, no storage."""
