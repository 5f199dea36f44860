package io.orlop.store.log;

import java.io.IOException;

/// A footer that was whole when its segment was opened is not any more. The frames say the same.
final class DamagedFooterException extends IOException {
    DamagedFooterException(SegmentName name, long offset) {
        super("the footer of " + name.file() + " changed at offset " + offset + " since it was opened");
    }
}
