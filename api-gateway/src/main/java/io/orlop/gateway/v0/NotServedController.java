package io.orlop.gateway.v0;

import io.orlop.model.Refusal;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// What Mayastor's REST offers and Orlop does without: clients read that there is none, and whoever asks for it is told
/// what to do instead.
@RestController
class NotServedController {
    @GetMapping("/v0/app-nodes")
    EmptyPage appNodes(
            @RequestParam(name = "max_entries", defaultValue = "0") int most,
            @RequestParam(name = "starting_token", defaultValue = "0") int start) {
        return EmptyPage.of(most, start);
    }

    @GetMapping("/v0/app-nodes/{id}")
    EmptyPage.Entry appNode(@PathVariable String id) {
        throw noAppNode(id);
    }

    @PutMapping("/v0/app-nodes/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void registerAppNode(@PathVariable String id) {
        throw new Refusal.Unimplemented(
                        "application node %s cannot be registered: nothing is kept of them".formatted(id),
                        "go on without; hosts are named when a volume is published")
                .exception();
    }

    @DeleteMapping("/v0/app-nodes/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void deregisterAppNode(@PathVariable String id) {
        throw noAppNode(id);
    }

    @GetMapping("/v0/watches/volumes/{id}")
    List<EmptyPage.Entry> watches(@PathVariable String id) {
        return List.of();
    }

    @PutMapping("/v0/watches/volumes/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void watch(@PathVariable String id) {
        throw new Refusal.Unimplemented(
                        "volume %s cannot be watched: nobody is called back".formatted(id), "ask for the volume again")
                .exception();
    }

    @DeleteMapping("/v0/watches/volumes/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void unwatch(@PathVariable String id) {
        throw new Refusal.NotFound("nobody watches volume " + id, "there is nothing to take away").exception();
    }

    @PutMapping("/v0/volumes/{id}/share/{protocol}")
    String share(@PathVariable String id, @PathVariable String protocol) {
        throw new Refusal.Unimplemented(
                        "volume %s cannot be shared over %s without a target".formatted(id, protocol),
                        "publish it: PUT /v0/volumes/%s/target".formatted(id))
                .exception();
    }

    /// Upstream's path has no slash there.
    @DeleteMapping("/v0/volumes{id:.+}/share")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void unshare(@PathVariable String id) {
        throw new Refusal.Unimplemented(
                        "volume %s cannot be unshared without its target".formatted(id),
                        "unpublish it: DELETE /v0/volumes/%s/target".formatted(id))
                .exception();
    }

    @DeleteMapping("/v0/volumes/{id}/shutdown_targets")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void deleteShutdownTargets(@PathVariable String id) {
        throw new Refusal.Unimplemented(
                        "the targets that volume %s had cannot be taken away by hand".formatted(id),
                        "wait: they go as soon as their nodes are back")
                .exception();
    }

    @PutMapping("/v0/nodes/{node}/jsongrpc/{method}")
    EmptyPage.Entry call(@PathVariable String node, @PathVariable String method) {
        throw new Refusal.Unimplemented(
                        "%s cannot be called on node %s: its agent speaks gRPC only".formatted(method, node),
                        "use the paths of /v0/api/spec")
                .exception();
    }

    private static RuntimeException noAppNode(String id) {
        return new Refusal.NotFound("there is no application node " + id, "nothing is kept of them").exception();
    }
}
