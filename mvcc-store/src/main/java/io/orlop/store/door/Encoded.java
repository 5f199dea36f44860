package io.orlop.store.door;

import com.google.protobuf.MessageLite;

/// An answer of which most was encoded before, for many: a message, and bytes that continue it and are not changed.
public interface Encoded {
    MessageLite own();

    byte[] shared();
}
