package io.orlop.wire.service;

import io.orlop.model.Limits;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeShape;

public record CreateVolume(VolumeId volume, VolumeShape shape) {
    public CreateVolume {
        Limits.checked("volume " + volume, shape);
    }
}
