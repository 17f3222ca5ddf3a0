"""Pictures of strangers: made safe, kept, looked at by programs, and compared with what is known."""
