"""Office files in and out, knowing nothing of unions; the register of issued documents."""
