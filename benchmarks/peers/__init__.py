"""Other ways to keep the same data, each as its users would write it."""
