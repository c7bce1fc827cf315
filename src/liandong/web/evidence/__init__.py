"""What a court, an auditor or a lawyer is handed: one record with all that proves it."""
