"""What tests of several folders share, one file for each thing: filled stores, inputs, measures."""
