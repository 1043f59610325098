"""Staff screens: one folder a room, with its addresses, views, forms and templates."""
