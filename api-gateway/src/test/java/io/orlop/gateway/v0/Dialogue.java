package io.orlop.gateway.v0;

import static io.orlop.gateway.v0.ServicesOfEveryKind.uuid;

import io.orlop.gateway.ApiGatewayApplication;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// REST over a real port before services that hold one of everything, and every request that Mayastor's clients make.
@SpringBootTest(
        classes = ApiGatewayApplication.class,
        // As where services on other machines are let in: REST, which has no password, is not.
        properties = {"spring.config.name=api-gateway", "orlop.listen=0.0.0.0"},
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@Import(ServicesOfEveryKind.class)
abstract class Dialogue {
    private static final String VOLUME = uuid(4, 0);
    private static final String BARE = uuid(4, 1);
    private static final String REPLICA = uuid(2, 0);
    private static final String NEXUS = uuid(3, 0);
    private static final String NONE = uuid(7, 7);
    private static final String CHILD = "bdev:%2F%2F%2Fc1";

    /// What a client generated from upstream's document sends, and with which status it is answered.
    record Request(String method, String path, String body, int status) {
        @Override
        public String toString() {
            return method + " " + path + " " + body;
        }
    }

    record Answer(int status, String body) {
        JsonNode json() {
            return JsonMapper.shared().readTree(body);
        }
    }

    @LocalServerPort
    int port;

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    Answer send(String method, String path, String body) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            var answer = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(answer.statusCode(), answer.body());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(request + " is not answered", e);
        }
    }

    Answer send(Request request) {
        return send(request.method(), request.path(), request.body());
    }

    OpenApiDocument ours() {
        return OpenApiDocument.of(send("GET", "/v0/api/spec", "").json(), "");
    }

    static final List<Request> REQUESTS = requests();

    private static List<Request> requests() {
        var all = new ArrayList<Request>();
        for (String path : List.of(
                "/nodes",
                "/nodes?node_id=node-1",
                "/nodes/node-1",
                "/nodes/promised",
                "/nodes/seen-0",
                "/nodes/node-1/pools",
                "/nodes/node-1/replicas",
                "/nodes/node-1/nexuses",
                "/nodes/node-1/block_devices",
                "/nodes/node-1/block_devices?all=true",
                "/pools",
                "/pools?volume_id=" + VOLUME,
                "/pools/pool-1",
                "/nodes/node-1/pools/pool-1",
                "/replicas",
                "/replicas/" + REPLICA,
                "/nodes/node-1/pools/pool-1/replicas",
                "/nodes/node-1/pools/pool-1/replicas/" + REPLICA,
                "/nexuses",
                "/nexuses/" + NEXUS,
                "/nexuses/" + NEXUS + "/children",
                "/nexuses/" + NEXUS + "/children/" + CHILD,
                "/nodes/node-1/nexuses/" + NEXUS,
                "/nodes/node-1/nexuses/" + NEXUS + "/children",
                "/nodes/node-1/nexuses/" + NEXUS + "/children/" + CHILD,
                "/specs",
                "/volumes?max_entries=0",
                "/volumes?max_entries=2&starting_token=1",
                "/volumes?max_entries=0&volume_id=" + VOLUME,
                "/volumes/" + VOLUME,
                "/volumes/" + BARE,
                "/volumes/" + VOLUME + "/rebuild-history",
                "/volumes/snapshots?max_entries=0",
                "/volumes/snapshots?max_entries=10&starting_token=0&volume_id=" + VOLUME + "&snapshot_id=" + NONE,
                "/volumes/" + VOLUME + "/snapshots?max_entries=0",
                "/app-nodes?max_entries=0",
                "/watches/volumes/" + VOLUME)) {
            all.add(new Request("GET", "/v0" + path, "", 200));
        }
        for (String path : List.of(
                "/nodes/nobody",
                "/volumes/" + NONE,
                "/nodes/node-1/pools/nothing",
                "/replicas/" + NONE,
                "/nexuses/" + NONE + "/children",
                "/volumes/snapshots/" + NONE,
                "/volumes/" + VOLUME + "/snapshots/" + NONE,
                "/app-nodes/host-1")) {
            all.add(new Request("GET", "/v0" + path, "", 404));
        }
        for (String path : List.of(
                "/nodes/node-1/cordon/repair",
                "/nodes/node-1/label/zone=a?overwrite=true",
                "/nodes/node-1/label/zone=a",
                "/pools/pool-1/label/disk=ssd",
                "/nexuses/" + NEXUS + "/children/" + CHILD,
                "/nodes/node-1/nexuses/" + NEXUS + "/children/" + CHILD,
                "/nodes/node-1/nexuses/" + NEXUS + "/share/nvmf",
                "/pools/pool-1/replicas/" + REPLICA + "/share/nvmf",
                "/nodes/node-1/pools/pool-1/replicas/" + REPLICA
                        + "/share/nvmf?allowed-hosts=nqn.a&allowed-hosts=nqn.b",
                "/volumes/" + VOLUME + "/replica_count/3")) {
            all.add(new Request("PUT", "/v0" + path, "", 200));
        }
        for (String path : List.of(
                "/nodes/node-1/drain/repair",
                "/volumes/" + VOLUME + "/share/nvmf",
                "/volumes/" + VOLUME + "/snapshots/" + NONE,
                "/watches/volumes/" + VOLUME + "?callback=http://127.0.0.1/")) {
            all.add(new Request("PUT", "/v0" + path, "", 501));
        }
        String volume = "\"policy\": {\"self_heal\": true}, \"replicas\": 2, \"size\": 67108864, \"thin\": true";
        String labelled = "{\"inclusion\": {\"disk\": \"ssd\"}, \"exclusion\": {}, \"affinity_key\": [\"row\"]}";
        body(all, 200, "/nodes/node-1/pools/pool-2", "{\"disks\": [\"aio:///disk\"]}");
        body(all, 200, "/nodes/node-1/pools/pool-2", "{\"disks\": [\"/dev/sdb\"], \"labels\": {\"disk\": \"ssd\"}}");
        for (String at : List.of("/pools/pool-1", "/nodes/node-1/pools/pool-1")) {
            body(all, 200, at + "/replicas/" + REPLICA, "{\"size\": 67108864, \"thin\": false}");
            body(
                    all,
                    200,
                    at + "/replicas/" + REPLICA,
                    "{\"size\": 67108864, \"thin\": true, \"share\": \"nvmf\", \"allowed-hosts\": [\"nqn.a\"]}");
        }
        body(all, 200, "/nodes/node-1/nexuses/" + NEXUS, "{\"children\": [\"bdev:///c\"], \"size\": 67108864}");
        body(all, 200, "/volumes/" + VOLUME, "{" + volume + "}");
        body(
                all,
                200,
                "/volumes/" + VOLUME,
                "{" + volume + ", \"labels\": {\"app\": \"db\"}, \"affinity_group\": {\"id\": \"g\"},"
                        + " \"max_snapshots\": 5, \"topology\": {\"node_topology\": {\"labelled\": " + labelled
                        + "}, \"pool_topology\": {\"labelled\": " + labelled + "}}}");
        body(
                all,
                200,
                "/volumes/" + BARE,
                "{" + volume + ", \"topology\": {\"node_topology\": {\"explicit\":"
                        + " {\"allowed_nodes\": [\"node-1\"], \"preferred_nodes\": []}}}}");
        body(all, 200, "/volumes/" + VOLUME + "/property", "{\"max_snapshots\": 3}");
        body(all, 200, "/volumes/" + VOLUME + "/target", "{\"publish_context\": {}, \"protocol\": \"nvmf\"}");
        body(
                all,
                200,
                "/volumes/" + VOLUME + "/target",
                "{\"publish_context\": {\"fs\": \"ext4\"}, \"protocol\": \"nvmf\", \"node\": \"node-1\","
                        + " \"frontend_node\": \"host-1\", \"republish\": true, \"reuse_existing\": true}");
        body(all, 501, "/volumes/" + VOLUME + "/size", "{\"size\": 134217728}");
        body(all, 501, "/snapshots/" + NONE + "/volumes/" + VOLUME, "{" + volume + "}");
        body(all, 501, "/app-nodes/host-1", "{\"endpoint\": \"http://127.0.0.1:50053\"}");
        body(all, 501, "/nodes/node-1/jsongrpc/bdev_get_bdevs", "{}");
        for (String path :
                List.of("/nodes/node-1/cordon/repair", "/nodes/node-1/label/zone", "/pools/pool-1/label/disk")) {
            all.add(new Request("DELETE", "/v0" + path, "", 200));
        }
        all.add(new Request("DELETE", "/v0/volumes/" + VOLUME + "/target", "", 200));
        all.add(new Request("DELETE", "/v0/volumes/" + VOLUME + "/target?force=true", "", 200));
        for (String path : List.of(
                "/pools/pool-1",
                "/nodes/node-1/pools/pool-1",
                "/pools/pool-1/replicas/" + REPLICA,
                "/nodes/node-1/pools/pool-1/replicas/" + REPLICA,
                "/pools/pool-1/replicas/" + REPLICA + "/share",
                "/nodes/node-1/pools/pool-1/replicas/" + REPLICA + "/share",
                "/nexuses/" + NEXUS,
                "/nodes/node-1/nexuses/" + NEXUS,
                "/nexuses/" + NEXUS + "/children/" + CHILD,
                "/nodes/node-1/nexuses/" + NEXUS + "/children/" + CHILD,
                "/nodes/node-1/nexuses/" + NEXUS + "/share",
                "/volumes/" + VOLUME)) {
            all.add(new Request("DELETE", "/v0" + path, "", 204));
        }
        for (String path : List.of(
                "/volumes/snapshots/" + NONE,
                "/volumes/" + VOLUME + "/snapshots/" + NONE,
                "/app-nodes/host-1",
                "/watches/volumes/" + VOLUME + "?callback=http://127.0.0.1/")) {
            all.add(new Request("DELETE", "/v0" + path, "", 404));
        }
        all.add(new Request("DELETE", "/v0/volumes" + VOLUME + "/share", "", 501));
        all.add(new Request("DELETE", "/v0/volumes/" + VOLUME + "/shutdown_targets", "", 501));
        for (int i = 0; i < ServicesOfEveryKind.REFUSALS.size(); i++) {
            all.add(new Request("GET", "/v0/volumes/" + ServicesOfEveryKind.refusedWith(i), "", 0));
        }
        return List.copyOf(all);
    }

    private static void body(List<Request> all, int status, String path, String body) {
        all.add(new Request("PUT", "/v0" + path, body, status));
    }
}
