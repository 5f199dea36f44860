package io.orlop.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.orlop.store.api.Denial;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// etcd's own list of what a server says no with (`rpctypes`), against ours: clients match on code and text.
class ErrorListTest {
    private static final String LIST =
            """
            INVALID_ARGUMENT    key is not provided
            INVALID_ARGUMENT    key not found
            INVALID_ARGUMENT    value is provided
            INVALID_ARGUMENT    lease is provided
            INVALID_ARGUMENT    too many operations in txn request
            INVALID_ARGUMENT    duplicate key given in txn request
            INVALID_ARGUMENT    invalid client api version
            INVALID_ARGUMENT    invalid sort option
            OUT_OF_RANGE        mvcc: required revision has been compacted
            OUT_OF_RANGE        mvcc: required revision is a future revision
            RESOURCE_EXHAUSTED  mvcc: database space exceeded
            NOT_FOUND           requested lease not found
            FAILED_PRECONDITION lease already exists
            OUT_OF_RANGE        too large lease TTL
            CANCELLED           watch canceled
            FAILED_PRECONDITION member ID already exist
            FAILED_PRECONDITION Peer URLs already exists
            FAILED_PRECONDITION re-configuration failed due to not enough started members
            INVALID_ARGUMENT    given member URLs are invalid
            NOT_FOUND           member not found
            FAILED_PRECONDITION can only promote a learner member
            FAILED_PRECONDITION can only promote a learner member which is in sync with leader
            FAILED_PRECONDITION too many learner members in cluster
            FAILED_PRECONDITION cluster ID mismatch
            INVALID_ARGUMENT    request is too large
            RESOURCE_EXHAUSTED  too many requests
            FAILED_PRECONDITION root user does not exist
            FAILED_PRECONDITION root user does not have root role
            FAILED_PRECONDITION user name already exists
            INVALID_ARGUMENT    user name is empty
            FAILED_PRECONDITION user name not found
            FAILED_PRECONDITION role name already exists
            FAILED_PRECONDITION role name not found
            INVALID_ARGUMENT    role name is empty
            INVALID_ARGUMENT    authentication failed, invalid user ID or password
            INVALID_ARGUMENT    permission not given
            PERMISSION_DENIED   permission denied
            FAILED_PRECONDITION role is not granted to the user
            FAILED_PRECONDITION permission is not granted to the role
            FAILED_PRECONDITION authentication is not enabled
            UNAUTHENTICATED     invalid auth token
            INVALID_ARGUMENT    invalid auth management
            INVALID_ARGUMENT    revision of auth store is old
            UNAVAILABLE         no leader
            FAILED_PRECONDITION not leader
            UNAVAILABLE         leader changed
            FAILED_PRECONDITION not capable
            UNAVAILABLE         server stopped
            UNAVAILABLE         request timed out
            UNAVAILABLE         request timed out, possibly due to previous leader failure
            UNAVAILABLE         request timed out, possibly due to connection lost
            UNAVAILABLE         request timed out, waiting for the applied index took too long
            UNAVAILABLE         unhealthy cluster
            DATA_LOSS           corrupt cluster
            FAILED_PRECONDITION rpc not supported for learner
            FAILED_PRECONDITION bad leader transferee
            INVALID_ARGUMENT    wrong downgrade target version format
            INVALID_ARGUMENT    invalid downgrade target version
            FAILED_PRECONDITION cluster version not found during downgrade
            FAILED_PRECONDITION cluster has a downgrade job in progress
            FAILED_PRECONDITION no inflight downgrade job
            CANCELLED           request canceled
            DEADLINE_EXCEEDED   context deadline exceeded
            """;

    /// There is one member, which leads, and nothing that it would wait for.
    private static final Set<String> OF_MANY_MEMBERS = Set.of(
            "member ID already exist",
            "can only promote a learner member which is in sync with leader",
            "too many learner members in cluster",
            "cluster ID mismatch",
            "no leader",
            "not leader",
            "leader changed",
            "not capable",
            "unhealthy cluster",
            "rpc not supported for learner",
            "request timed out",
            "request timed out, possibly due to previous leader failure",
            "request timed out, possibly due to connection lost",
            "request timed out, waiting for the applied index took too long",
            "cluster version not found during downgrade");

    /// Said by the transport, or to nobody: who cancelled or gave up does not listen any more.
    private static final Set<String> OF_THE_TRANSPORT =
            Set.of("watch canceled", "request canceled", "context deadline exceeded");

    /// Not on the list: etcd gives these as they are, without a code; and one is ours.
    private static final Set<Denial> WITHOUT_CODE = EnumSet.of(
            Denial.LOCK_SESSION_EXPIRED,
            Denial.NO_LEADER_ELECTED,
            Denial.NOT_LEADER,
            Denial.LEADER_MISSING,
            Denial.AUTH_WITHOUT_PASSWORD,
            Denial.PASSWORD_TOO_LONG,
            Denial.TOKEN_NOT_SIGNED,
            Denial.UNKNOWN_METHOD,
            Denial.READ_ONLY);

    private static Map<String, Status.Code> listed() {
        Map<String, Status.Code> listed = new TreeMap<>();
        for (String line : LIST.lines().toList()) {
            listed.put(
                    line.substring(20),
                    Status.Code.valueOf(line.substring(0, 20).trim()));
        }
        return listed;
    }

    private static String text(Denial denial) {
        return denial.text().replaceFirst("^etcdserver: ", "");
    }

    @Test
    void eachNoHasEtcdsCodeAndText() {
        Map<String, Status.Code> listed = listed();
        for (Denial denial : Denial.values()) {
            Status status = Denials.status(denial).getStatus();
            assertThat(status.getDescription()).isEqualTo(denial.text());
            // On its way out of etcd this one loses its code.
            boolean codeless = WITHOUT_CODE.contains(denial) || denial == Denial.MEMBERS_NOT_STARTED;
            assertThat(status.getCode())
                    .as(denial.name())
                    .isEqualTo(codeless ? Status.Code.UNKNOWN : listed.get(text(denial)));
        }
    }

    @Test
    void whatEtcdSaysIsSaidHereToo() {
        Set<String> unsaid = new TreeSet<>(listed().keySet());
        for (Denial denial : Denial.values()) {
            boolean known = unsaid.remove(text(denial));
            assertThat(known).as(denial.name()).isEqualTo(!WITHOUT_CODE.contains(denial));
        }
        unsaid.removeAll(OF_MANY_MEMBERS);
        unsaid.removeAll(OF_THE_TRANSPORT);
        assertThat(unsaid).isEmpty();
    }
}
