"""State machines between the window and the rest. QtCore only, no widgets."""
