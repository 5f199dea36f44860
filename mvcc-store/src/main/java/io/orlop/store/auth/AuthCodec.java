package io.orlop.store.auth;

import io.orlop.store.api.KeyRange;
import io.orlop.store.api.Octets;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// Entries as bytes. Strings and keys are a length of four bytes and the bytes; lists are a count and the elements.
///
/// ```
///   1  name  hash  without password  roles…          a user
///   2  name                                          no user
///   3  name  { kind  from  to }…                     a role
///   4  name                                          no role
///   5  enabled  revision  disabled at                the switch
/// ```
public final class AuthCodec {
    private static final int USER_KEPT = 1;
    private static final int USER_GONE = 2;
    private static final int ROLE_KEPT = 3;
    private static final int ROLE_GONE = 4;
    private static final int SWITCHED = 5;

    private AuthCodec() {}

    public static Octets encode(AuthEntry entry) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            write(entry, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Octets.wrap(bytes.toByteArray());
    }

    private static void write(AuthEntry entry, DataOutputStream out) throws IOException {
        switch (entry) {
            case AuthEntry.UserKept(User user) -> {
                out.writeByte(USER_KEPT);
                write(user.name(), out);
                write(user.passwordHash(), out);
                out.writeBoolean(user.withoutPassword());
                out.writeInt(user.roles().size());
                for (String role : user.roles()) write(role, out);
            }
            case AuthEntry.UserGone(String name) -> {
                out.writeByte(USER_GONE);
                write(name, out);
            }
            case AuthEntry.RoleKept(Role role) -> {
                out.writeByte(ROLE_KEPT);
                write(role.name(), out);
                out.writeInt(role.permissions().size());
                for (Permission permission : role.permissions()) {
                    out.writeByte(permission.kind().ordinal());
                    write(permission.keys().from(), out);
                    write(permission.keys().to(), out);
                }
            }
            case AuthEntry.RoleGone(String name) -> {
                out.writeByte(ROLE_GONE);
                write(name, out);
            }
            case AuthEntry.Switched(boolean enabled, long revision, long disabledAt) -> {
                out.writeByte(SWITCHED);
                out.writeBoolean(enabled);
                out.writeLong(revision);
                out.writeLong(disabledAt);
            }
        }
    }

    private static void write(String text, DataOutputStream out) throws IOException {
        write(Octets.of(text), out);
    }

    private static void write(Octets octets, DataOutputStream out) throws IOException {
        out.writeInt(octets.length());
        out.write(octets.array());
    }

    public static AuthEntry decode(Octets entry) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(entry.array()))) {
            return read(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static AuthEntry read(DataInputStream in) throws IOException {
        int kind = in.readByte();
        return switch (kind) {
            case USER_KEPT -> {
                String name = text(in);
                String hash = text(in);
                boolean withoutPassword = in.readBoolean();
                TreeSet<String> roles = new TreeSet<>();
                for (int i = in.readInt(); i > 0; i--) roles.add(text(in));
                yield new AuthEntry.UserKept(new User(name, hash, withoutPassword, roles));
            }
            case USER_GONE -> new AuthEntry.UserGone(text(in));
            case ROLE_KEPT -> {
                String name = text(in);
                List<Permission> permissions = new ArrayList<>();
                for (int i = in.readInt(); i > 0; i--) {
                    Permission.Kind permitted = Permission.Kind.values()[in.readByte()];
                    permissions.add(new Permission(permitted, new KeyRange(octets(in), octets(in))));
                }
                yield new AuthEntry.RoleKept(new Role(name, permissions));
            }
            case ROLE_GONE -> new AuthEntry.RoleGone(text(in));
            case SWITCHED -> new AuthEntry.Switched(in.readBoolean(), in.readLong(), in.readLong());
            default ->
                throw new IllegalStateException("an entry of unknown kind " + kind
                        + " about users: the log was written by a newer version of the store; start that one");
        };
    }

    private static String text(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }

    private static Octets octets(DataInputStream in) throws IOException {
        return Octets.wrap(in.readNBytes(in.readInt()));
    }
}
