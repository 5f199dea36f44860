package io.orlop.model;

/// A volume as promised and as observed.
public record Volume(VolumeSpec spec, VolumeState state) {}
