package io.orlop.model;

/// A host that may connect to a volume.
public record FrontendHost(String name, String nqn) {}
