"""What every room of the window builds from: lanes, bindings, forms, icons and themes."""
