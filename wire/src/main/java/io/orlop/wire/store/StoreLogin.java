package io.orlop.wire.store;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A user of the store and its password, given as it is or in a file, which is read anew when it changes.
///
/// @param user null for none
public record StoreLogin(@Nullable String user, @Nullable String password, @Nullable Path passwordFile) {
    public static final StoreLogin NONE = new StoreLogin(null, null, null);

    public StoreLogin {
        if (password != null && passwordFile != null) {
            throw new IllegalArgumentException(
                    "orlop.store.password and orlop.store.password-file are both given; give one");
        }
        if ((user != null) != (password != null || passwordFile != null)) {
            throw new IllegalArgumentException(
                    "of orlop.store.user and its password only one is given; give both or none");
        }
    }

    @Override
    public String toString() {
        return "StoreLogin[user=" + user + "]";
    }
}
