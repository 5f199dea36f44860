package io.orlop.control.spring;

import io.orlop.control.owner.Owner;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/// `/actuator/reconcile`: what the loops of each owner in this process wait for, and what it cannot read.
///
/// ```json
/// {"pools": {"in_office": true,
///            "blocked": {"pools": {"node-2-pool-1": "node node-2 cannot import it: …"}},
///            "unreadable": {"/mayastor/v2/volumes/x": "its name is no id: …"}}}
/// ```
@Endpoint(id = "reconcile")
public final class ReconcileEndpoint {
    private final List<Owner> owners;

    public ReconcileEndpoint(List<Owner> owners) {
        this.owners = owners;
    }

    @ReadOperation
    public Map<String, Object> reconcile() {
        var all = new TreeMap<String, Object>();
        for (Owner owner : owners) {
            all.put(
                    owner.office(),
                    Map.of(
                            "in_office",
                            owner.isInOffice(),
                            "blocked",
                            owner.blocked(),
                            "unreadable",
                            owner.unreadable()));
        }
        return all;
    }
}
