"""What fails on the way to a database and inside of it, on real ones: nothing is lost or counted twice."""
