"""The demonstration: an invented fabrique on real communes, loaded and run through the whole chain.
Part of the roof: it looks down on the three domains."""
