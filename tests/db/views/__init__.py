"""Views for analysts: what they answer, how they are made, and how they reach the keys."""
