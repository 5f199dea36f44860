package io.orlop.wire.ioengine;

import io.orlop.model.ShareProtocol;

/// How blocks are offered, on the wire.
final class ShareCodec {
    private ShareCodec() {}

    static io.orlop.stubs.mayastor.v1.ShareProtocol proto(ShareProtocol share) {
        return switch (share) {
            case NONE -> io.orlop.stubs.mayastor.v1.ShareProtocol.NONE;
            case NVMF -> io.orlop.stubs.mayastor.v1.ShareProtocol.NVMF;
            case ISCSI -> io.orlop.stubs.mayastor.v1.ShareProtocol.ISCSI;
        };
    }

    static ShareProtocol share(io.orlop.stubs.mayastor.v1.ShareProtocol share) {
        return switch (share) {
            case NONE -> ShareProtocol.NONE;
            case NVMF -> ShareProtocol.NVMF;
            case ISCSI -> ShareProtocol.ISCSI;
            case UNRECOGNIZED -> throw Unrecognized.value("share protocol").exception();
        };
    }
}
