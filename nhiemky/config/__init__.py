"""Settings, root addresses, the server entry and the `nhiemky` command. Knows every room; no room imports it."""
