"""Drawing formulas, in a process of its own."""
