"""What is to settle, on the screen: both sides, who wrote them, what was settled lately."""
