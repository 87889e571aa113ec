"""What make.py and test_older.py both know."""

KEY_FILE = b"for a test: it opens nothing els"  # 32 bytes
REPOSITORY = "/srv/repositories/example.git"
