package io.orlop.gateway.v0;

import io.orlop.model.Bytes;
import io.orlop.model.NexusChild;
import io.orlop.model.NexusId;
import io.orlop.model.NexusShape;
import io.orlop.model.NodeId;
import io.orlop.model.NvmfConfig;
import io.orlop.model.Refusal;
import io.orlop.model.ShareProtocol;
import io.orlop.wire.service.CreateNexusSpec;
import io.orlop.wire.service.Nexuses;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.StringNode;

/// Nexuses, by themselves and by node. Those of volumes are theirs: here they can be looked at.
@RestController
class NexusController {
    private final Nexuses nexuses;
    private final NexusMapper views;

    NexusController(Nexuses nexuses, NexusMapper views) {
        this.nexuses = nexuses;
        this.views = views;
    }

    @GetMapping("/v0/nexuses")
    @WholeList
    List<NexusView> nexuses() {
        return nexuses.nexuses().map(views::nexus).toList();
    }

    @GetMapping({"/v0/nexuses/{id}", "/v0/nodes/{node}/nexuses/{id}"})
    NexusView nexus(@PathVariable(required = false) @Nullable String node, @PathVariable String id) {
        NexusView nexus = views.nexus(nexuses.nexus(NexusId.of(id)));
        if (node != null && !nexus.node().equals(new NodeId(node).name())) {
            throw new Refusal.NotFound("node %s has no nexus %s".formatted(node, id), "it is on node " + nexus.node())
                    .exception();
        }
        return nexus;
    }

    @GetMapping("/v0/nodes/{node}/nexuses")
    @WholeList
    List<NexusView> ofNode(@PathVariable String node) {
        return nexuses().stream()
                .filter(nexus -> nexus.node().equals(new NodeId(node).name()))
                .toList();
    }

    @PutMapping("/v0/nodes/{node}/nexuses/{id}")
    NexusView create(@PathVariable String node, @PathVariable String id, @RequestBody CreateNexusBody body) {
        var nexus = NexusId.of(id);
        return views.nexus(nexuses.createNexus(new CreateNexusSpec(
                nexus,
                new NexusShape(
                        nexus.toString(),
                        new NodeId(node),
                        Bytes.of(Body.required(body.size(), "size")),
                        NvmfConfig.ofPath(1),
                        null),
                Body.required(body.children(), "children").stream()
                        .<NexusChild>map(NexusChild.Uri::new)
                        .toList(),
                null)));
    }

    @DeleteMapping({"/v0/nexuses/{id}", "/v0/nodes/{node}/nexuses/{id}"})
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void delete(@PathVariable(required = false) @Nullable String node, @PathVariable String id) {
        nexus(node, id);
        nexuses.destroyNexus(NexusId.of(id), null);
    }

    @GetMapping({"/v0/nexuses/{id}/children", "/v0/nodes/{node}/nexuses/{id}/children"})
    List<NexusView.Child> children(@PathVariable(required = false) @Nullable String node, @PathVariable String id) {
        return nexus(node, id).children();
    }

    @GetMapping({"/v0/nexuses/{id}/children/{child}", "/v0/nodes/{node}/nexuses/{id}/children/{child}"})
    NexusView.Child child(
            @PathVariable(required = false) @Nullable String node,
            @PathVariable String id,
            @PathVariable String child) {
        return child(nexus(node, id), child);
    }

    @PutMapping({"/v0/nexuses/{id}/children/{child}", "/v0/nodes/{node}/nexuses/{id}/children/{child}"})
    NexusView.Child addChild(
            @PathVariable(required = false) @Nullable String node,
            @PathVariable String id,
            @PathVariable String child) {
        nexus(node, id);
        return child(views.nexus(nexuses.addChild(NexusId.of(id), new NexusChild.Uri(child))), child);
    }

    @DeleteMapping({"/v0/nexuses/{id}/children/{child}", "/v0/nodes/{node}/nexuses/{id}/children/{child}"})
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void removeChild(
            @PathVariable(required = false) @Nullable String node,
            @PathVariable String id,
            @PathVariable String child) {
        nexus(node, id);
        nexuses.removeChild(NexusId.of(id), child);
    }

    @PutMapping(path = "/v0/nodes/{node}/nexuses/{id}/share/{protocol}", produces = MediaType.APPLICATION_JSON_VALUE)
    StringNode share(@PathVariable String node, @PathVariable String id, @PathVariable String protocol) {
        nexus(node, id);
        if (Body.protocol(protocol) != ShareProtocol.NVMF) {
            throw new Refusal.Invalid("nexus %s cannot be shared over '%s'".formatted(id, protocol), "use nvmf")
                    .exception();
        }
        return StringNode.valueOf(
                views.nexus(nexuses.publish(NexusId.of(id), List.of())).deviceUri());
    }

    @DeleteMapping("/v0/nodes/{node}/nexuses/{id}/share")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void unshare(@PathVariable String node, @PathVariable String id) {
        nexus(node, id);
        nexuses.unpublish(NexusId.of(id));
    }

    private static NexusView.Child child(NexusView nexus, String uri) {
        return nexus.children().stream()
                .filter(child -> child.uri().equals(uri))
                .findFirst()
                .orElseThrow(() -> new Refusal.NotFound(
                                "nexus %s has no child %s".formatted(nexus.uuid(), uri),
                                "its children are "
                                        + nexus.children().stream()
                                                .map(NexusView.Child::uri)
                                                .toList())
                        .exception());
    }
}
