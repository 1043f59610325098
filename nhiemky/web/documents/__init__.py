"""Issued documents and the Word template."""
