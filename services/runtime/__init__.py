"""Process plumbing that every service needs. It knows nothing of visitors, matches or reports."""
