"""Reports, evidence and standing: what must never be lost."""
