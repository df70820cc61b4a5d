"""What a protected response is written as, and the quality report."""
