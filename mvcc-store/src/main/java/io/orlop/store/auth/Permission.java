package io.orlop.store.auth;

import io.orlop.store.api.KeyRange;

/// What a role may do with these keys.
public record Permission(Kind kind, KeyRange keys) {
    public enum Kind {
        READ,
        WRITE,
        READ_WRITE;

        boolean includes(Access access) {
            return switch (this) {
                case READ -> access == Access.READ;
                case WRITE -> access == Access.WRITE;
                case READ_WRITE -> true;
            };
        }
    }
}
