"""The tests. Folders below mirror the tree and need no ``__init__.py`` of their own."""
