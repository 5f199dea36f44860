package io.orlop.control.spring;

import io.orlop.control.owner.Owner;
import java.util.Map;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/// `/actuator/reconcile`: what this copy's loops wait for, and what it cannot read.
///
/// ```json
/// {"office": "pools", "in_office": true,
///  "blocked": {"pools": {"node-2-pool-1": "node node-2 cannot import it: …"}},
///  "unreadable": {"/mayastor/v2/volumes/x": "its name is no id: …"}}
/// ```
@Endpoint(id = "reconcile")
public final class ReconcileEndpoint {
    private final Owner owner;

    ReconcileEndpoint(Owner owner) {
        this.owner = owner;
    }

    @ReadOperation
    public Map<String, Object> reconcile() {
        return Map.of(
                "office",
                owner.office(),
                "in_office",
                owner.isInOffice(),
                "blocked",
                owner.blocked(),
                "unreadable",
                owner.unreadable());
    }
}
