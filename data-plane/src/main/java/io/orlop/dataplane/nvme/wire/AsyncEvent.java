package io.orlop.dataplane.nvme.wire;

/// An event that a controller may tell its host of.
public enum AsyncEvent {
    NAMESPACE_CHANGED(0x100, 0x00, LogPages.CHANGED_NAMESPACES),
    ANA_CHANGED(0x800, 0x03, LogPages.ANA),
    DISCOVERY_CHANGED(0x8000_0000, 0xF0, LogPages.DISCOVERY);

    private static final int NOTICE = 0x02;

    private final int enablingBit;
    private final int information;
    private final int page;

    AsyncEvent(int enablingBit, int information, int page) {
        this.enablingBit = enablingBit;
        this.information = information;
        this.page = page;
    }

    /// The bit in the controller's offer and in the host's choice.
    public int enablingBit() {
        return enablingBit;
    }

    /// The log page that tells more.
    public int page() {
        return page;
    }

    /// The first dword of the answer that tells of it.
    public long result() {
        return NOTICE | information << 8 | page << 16;
    }
}
