package io.orlop.model;

/// @param selfHeal whether a lost replica is replaced without being asked
public record VolumePolicy(boolean selfHeal) {}
