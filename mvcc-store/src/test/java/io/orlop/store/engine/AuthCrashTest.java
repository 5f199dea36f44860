package io.orlop.store.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.disk.twin.CrashableDirectory;
import io.orlop.store.api.DeniedException;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.auth.AuthChange;
import io.orlop.store.auth.AuthState;
import io.orlop.store.auth.Caller;
import io.orlop.store.auth.Permission;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// The power fails in any call to the disk, among segments that close, are compacted and rewritten: every change of
/// users that was acknowledged is there, and nothing else.
class AuthCrashTest {
    private static final int SEEDS =
            Integer.getInteger("orlop.seeds", 2000 * Integer.getInteger("orlop.longer", 1)) / 4;
    private static final StoreOptions SMALL =
            StoreOptions.defaults().segmentBytes(2048).cacheBytes(8_000);

    private record Asked(AuthChange change, CompletableFuture<AuthState> answer) {}

    @Test
    void keepsUsersAsAcknowledged() throws IOException {
        for (long seed = 0; seed < SEEDS; seed++) run(seed);
    }

    private static void run(long seed) throws IOException {
        Chance chance = new Chance(seed);
        StillAmbient ambient = new StillAmbient(seed);
        CrashableDirectory disk = new CrashableDirectory();
        AuthState known = AuthState.NEW;
        for (int life = 0; life < 4; life++) {
            List<Asked> asked = new ArrayList<>();
            disk.crashAfter(chance.random.nextInt(chance.oneIn(3) ? 20 : 120));
            live(chance, ambient, disk, asked);
            disk = disk.afterPowerCut(chance.random);
            known = afterwards(
                    "seed " + seed + " life " + life, MvccStore.openStill(disk, ambient, SMALL), known, asked);
        }
    }

    private static void live(Chance chance, StillAmbient ambient, CrashableDirectory disk, List<Asked> asked) {
        MvccStore store;
        try {
            store = MvccStore.openStill(disk, ambient, SMALL);
        } catch (IOException off) {
            return;
        }
        for (int i = 0; i < 200 && !disk.hasCrashed() && store.failure() == null; i++) {
            if (chance.oneIn(3)) {
                AuthChange change = change(chance);
                asked.add(new Asked(change, store.change(change, Caller.OWNER)));
            } else if (chance.oneIn(20)) {
                store.compact(store.revision(), false);
            } else if (chance.oneIn(20)) {
                store.defragment();
            } else {
                store.submit(Operation.Put.of(chance.key(), chance.value()));
            }
            if (chance.oneIn(3)) store.turn();
        }
    }

    private static AuthChange change(Chance chance) {
        String user = chance.oneIn(3) ? "root" : "u" + chance.random.nextInt(4);
        String role = chance.oneIn(4) ? "root" : "r" + chance.random.nextInt(3);
        KeyRange keys = KeyRange.prefix(Octets.of("k" + chance.random.nextInt(3)));
        return switch (chance.random.nextInt(12)) {
            case 0 -> new AuthChange.Enable();
            case 1 -> new AuthChange.Disable();
            case 2 -> new AuthChange.DeleteUser(user);
            case 3 -> new AuthChange.ChangePassword(user, "hash" + chance.random.nextInt(100));
            case 4, 5 -> new AuthChange.GrantRole(user, role);
            case 6 -> new AuthChange.RevokeRole(user, role);
            case 7 -> new AuthChange.AddRole(role);
            case 8 -> new AuthChange.DeleteRole(role);
            case 9 -> new AuthChange.GrantPermission(role, new Permission(kind(chance), keys));
            case 10 -> new AuthChange.RevokePermission(role, keys);
            default -> new AuthChange.AddUser(user, "hash", chance.oneIn(3));
        };
    }

    private static Permission.Kind kind(Chance chance) {
        return Permission.Kind.values()[chance.random.nextInt(3)];
    }

    private static AuthState afterwards(String where, MvccStore store, AuthState before, List<Asked> asked) {
        int answered = 0;
        for (int i = 0; i < asked.size(); i++) {
            CompletableFuture<AuthState> answer = asked.get(i).answer;
            if (answer.isDone() && !answer.isCompletedExceptionally()) answered = i + 1;
        }
        AuthState model = before;
        for (int i = 0; i < answered; i++) model = attempt(asked.get(i).change, model);
        for (int i = answered; !isSame(model, store.auth()); i++) {
            assertThat(i)
                    .as(where + ": no beginning of what was asked for makes "
                            + store.auth().users() + " " + store.auth().roles() + " at "
                            + store.auth().revision())
                    .isLessThan(asked.size());
            model = attempt(asked.get(i).change, model);
        }
        return model;
    }

    private static AuthState attempt(AuthChange change, AuthState model) {
        try {
            return change.applyTo(model);
        } catch (DeniedException denied) {
            return model;
        }
    }

    private static boolean isSame(AuthState model, AuthState state) {
        return model.enabled() == state.enabled()
                && model.revision() == state.revision()
                && model.disabledAt() == state.disabledAt()
                && model.users().equals(state.users())
                && model.roles().equals(state.roles());
    }
}
