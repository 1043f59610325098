"""Public pages; read-only towards every room below. Empty until the issue on the portal."""
