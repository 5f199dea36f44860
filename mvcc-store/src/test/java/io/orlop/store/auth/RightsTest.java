package io.orlop.store.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// What etcd 3.4 permitted and 3.6 does not, which no 3.4 can tell us.
class RightsTest {
    private static final KeyRange BELOW_A = KeyRange.prefix(Octets.of("a/"));

    private static AuthState state(Permission.Kind anna) {
        AuthState state = AuthState.NEW;
        for (AuthChange change : List.of(
                new AuthChange.AddUser("root", "", true),
                new AuthChange.GrantRole("root", "root"),
                new AuthChange.AddUser("anna", "", true),
                new AuthChange.AddRole("some"),
                new AuthChange.GrantPermission("some", new Permission(anna, BELOW_A)),
                new AuthChange.GrantRole("anna", "some"),
                new AuthChange.Enable())) {
            state = change.applyTo(state);
        }
        return state;
    }

    private static ThrowingCallable asking(Permission.Kind may, Operation operation) {
        AuthState state = state(may);
        Rights rights = new Rights(state, new Caller.Named("anna", state.revision()));
        return () -> rights.check(operation, _ -> List.of(Octets.of("b/1")));
    }

    private static void denied(ThrowingCallable attempt, Denial denial) {
        assertThatThrownBy(attempt).isInstanceOfSatisfying(DeniedException.class, thrown -> assertThat(thrown.denial())
                .isEqualTo(denial));
    }

    private static Operation.Put put(String key) {
        return Operation.Put.of(Octets.of(key), Octets.of("x"));
    }

    private static Operation.Txn inside(Operation operation) {
        Operation.Txn inner = new Operation.Txn(List.of(), List.of(), List.of(operation));
        return new Operation.Txn(List.of(), List.of(inner), List.of());
    }

    @Test
    void looksIntoTransactionsInsideTransactions() {
        assertThatCode(asking(Permission.Kind.WRITE, inside(put("a/1")))).doesNotThrowAnyException();
        denied(asking(Permission.Kind.WRITE, inside(put("b/1"))), Denial.PERMISSION_DENIED);
        denied(asking(Permission.Kind.WRITE, inside(Operation.Range.of(Octets.of("a/1")))), Denial.PERMISSION_DENIED);
    }

    @Test
    void showsNoOldValueToWhoMayOnlyWrite() {
        Operation.Put telling = new Operation.Put(Octets.of("a/1"), Octets.of("x"), 0, true, false, false);
        Operation.Delete deleting = new Operation.Delete(KeyRange.single(Octets.of("a/1")), true);
        denied(asking(Permission.Kind.WRITE, telling), Denial.PERMISSION_DENIED);
        denied(asking(Permission.Kind.WRITE, inside(telling)), Denial.PERMISSION_DENIED);
        denied(asking(Permission.Kind.WRITE, inside(deleting)), Denial.PERMISSION_DENIED);
        assertThatCode(asking(Permission.Kind.READ_WRITE, inside(telling))).doesNotThrowAnyException();
    }

    @Test
    void putsOnNoLeaseWithKeysOfOthers() {
        denied(asking(Permission.Kind.READ_WRITE, put("a/1").under(7)), Denial.PERMISSION_DENIED);
        denied(asking(Permission.Kind.READ_WRITE, inside(put("a/1").under(7))), Denial.PERMISSION_DENIED);
    }

    @Test
    void grantsNothingForNoKeys() {
        AuthState state = state(Permission.Kind.READ);
        Octets f = Octets.of("f");
        KeyRange upsideDown = new KeyRange(f, Octets.of("e"));
        KeyRange none = new KeyRange(f, f);
        KeyRange nameless = new KeyRange(Octets.EMPTY, f);
        for (KeyRange keys : List.of(upsideDown, none, nameless)) {
            var grant = new AuthChange.GrantPermission("some", new Permission(Permission.Kind.READ, keys));
            denied(() -> grant.applyTo(state), Denial.INVALID_AUTH_MANAGEMENT);
        }
        denied(() -> new AuthChange.GrantPermission("some", null).applyTo(state), Denial.PERMISSION_NOT_GIVEN);
    }

    @Test
    void ofTwoStatesTheLaterOneCounts() {
        AuthState off = new AuthChange.AddUser("anna", "", true).applyTo(AuthState.NEW);
        AuthState on = state(Permission.Kind.READ);
        AuthState offAgain = new AuthChange.Disable().applyTo(on);
        AuthState onAgain = new AuthChange.Enable().applyTo(offAgain);
        List<AuthState> inOrder = List.of(AuthState.NEW, off, on, offAgain, onAgain);
        for (int i = 0; i < inOrder.size(); i++) {
            for (int j = 0; j < inOrder.size(); j++) {
                assertThat(inOrder.get(i).orLater(inOrder.get(j))).isSameAs(inOrder.get(Math.max(i, j)));
            }
        }
    }
}
