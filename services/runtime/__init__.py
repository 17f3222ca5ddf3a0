"""Process plumbing that every service needs; no word of the domain."""
