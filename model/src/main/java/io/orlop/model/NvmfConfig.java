package io.orlop.model;

/// What keeps two paths to one volume apart: controller ids are unique per subsystem across nodes, and the newest
/// path's key takes the reservation from the one before.
///
/// @param minControllerId 1 to 0xffef
/// @param preemptKey the key of the path before, 0 for none
public record NvmfConfig(int minControllerId, int maxControllerId, long reservationKey, long preemptKey) {
    /// Controller ids that a path takes: a host opens one controller, its reconnect takes the place of what stayed of
    /// the connection before, and a volume has no more hosts than this. (Mayastor gives a path two, which two hosts
    /// lock that lost power without a word.)
    private static final int IDS_PER_PATH = Limits.HOSTS;

    private static final int HIGHEST_ID = 0xffef;

    public NvmfConfig {
        if (minControllerId < 1 || maxControllerId > HIGHEST_ID || minControllerId > maxControllerId) {
            throw new Refusal.Invalid(
                            "controller ids %d to %d are no range".formatted(minControllerId, maxControllerId),
                            "stay within 1 to " + HIGHEST_ID)
                    .exception();
        }
    }

    /// The configuration of a volume's n-th path, counted from 1. After 255 paths ids are used again: the
    /// hosts that used them first have long gone.
    public static NvmfConfig ofPath(int path) {
        int first = 1 + (path - 1) % (HIGHEST_ID / IDS_PER_PATH) * IDS_PER_PATH;
        return new NvmfConfig(first, first + IDS_PER_PATH - 1, path, path - 1);
    }
}
