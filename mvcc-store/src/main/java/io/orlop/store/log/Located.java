package io.orlop.store.log;

import io.orlop.store.api.Octets;

/// A change of a key, without its value, and where it is.
record Located(Octets key, LogRecord change, long location) {}
