package io.orlop.standalone.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeploymentTest {
    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
    private static final Path K8S = PROJECT.resolve("k8s");

    private final Yaml compose =
            Yaml.documents(PROJECT.resolve("docker-compose.yml")).getFirst();
    private final List<Yaml> manifests = new ArrayList<>();

    DeploymentTest() throws IOException {
        for (Path file : files()) manifests.addAll(Yaml.documents(file));
    }

    @Test
    void kustomizationListsEveryManifestThereIs() throws IOException {
        var listed = Yaml.documents(K8S.resolve("kustomization.yaml"))
                .getFirst()
                .at("resources")
                .list();

        assertThat(listed.stream().map(Yaml::text))
                .containsExactlyInAnyOrderElementsOf(files().stream()
                        .map(file -> file.getFileName().toString())
                        .toList());
    }

    @Test
    void everyManifestSaysWhatItIs() {
        var seen = new TreeMap<String, Yaml>();
        for (Yaml manifest : manifests) {
            manifest.at("apiVersion");
            String name = manifest.at("kind").text() + "/"
                    + manifest.at("metadata/name").text();
            assertThat(seen.put(name, manifest)).as("a second " + name).isNull();
        }
        assertThat(seen)
                .containsKeys("Namespace/orlop", "StatefulSet/etcd", "DaemonSet/agent", "CSIDriver/csi.orlop.io");
    }

    /// REST has no password: in a cluster it is opened for others, on somebody's own machine for that machine.
    @Test
    void theGatewayIsLetInOnPurpose() {
        assertThat(container("Deployment", "gateway")
                        .at("env")
                        .named("SERVER_ADDRESS")
                        .at("value")
                        .text())
                .isEqualTo("0.0.0.0");
        assertThat(composed("gateway").at("environment").at("SERVER_ADDRESS").text())
                .isEqualTo("0.0.0.0");
        for (var service : compose.at("services").map().keySet()) {
            Yaml composed = composed(service.toString());
            if (!composed.has("ports")) continue;
            assertThat(composed.at("ports").list())
                    .extracting(Yaml::text)
                    .as("what %s opens", service)
                    .allMatch(port -> port.startsWith("127.0.0.1:"));
        }
    }

    @ParameterizedTest
    @CsvSource({"registry,50051", "pools,50052", "nexuses,50053", "volumes,50054", "gateway,8081"})
    void listensOnThePortThatTheOthersCall(String service, String port) {
        boolean web = service.equals("gateway");
        String variable = web ? "SERVER_PORT" : "SPRING_GRPC_SERVER_PORT";
        assertThat(composed(service).at("environment").at(variable).text()).isEqualTo(port);

        Yaml container = container("Deployment", service);
        assertThat(container.at("env").named(variable).at("value").text()).isEqualTo(port);
        assertThat(container.at("ports").list().getFirst().at("containerPort").text())
                .isEqualTo(port);
        Yaml entry = manifest("Service", service).at("spec/ports").list().getFirst();
        assertThat(entry.at("port").text()).isEqualTo(port);
        assertThat(entry.at("targetPort").text()).isEqualTo(port);

        if (web) return;
        String channel = "SPRING_GRPC_CLIENT_CHANNEL_%s_TARGET".formatted(service.toUpperCase(Locale.ROOT));
        String target = "static://" + service + ":" + port;
        assertThat(composed("volumes").at("environment").at(channel).text()).isEqualTo(target);
        // There discovery finds it, by this name.
        assertThat(entry.at("name").text()).isEqualTo("grpc");
    }

    @ParameterizedTest
    @CsvSource({"registry,50051", "pools,50052", "nexuses,50053", "volumes,50054"})
    void runsTwoCopiesThatTellEachOthersAddress(String service, String port) {
        Yaml deployment = manifest("Deployment", service);
        assertThat(deployment.at("spec/replicas").text()).isEqualTo("2");

        Yaml environment = container("Deployment", service).at("env");
        assertThat(environment.list().stream()
                        .map(variable -> variable.at("name").text())
                        .toList())
                .as("a variable is known to those after it")
                .containsSubsequence("POD_IP", "ORLOP_ADDRESS");
        assertThat(environment
                        .named("POD_IP")
                        .at("valueFrom/fieldRef/fieldPath")
                        .text())
                .isEqualTo("status.podIP");
        assertThat(environment.named("ORLOP_ADDRESS").at("value").text()).isEqualTo("$(POD_IP):" + port);
        assertThat(composed(service).at("environment").at("ORLOP_ADDRESS").text())
                .isEqualTo(service + ":" + port);
    }

    @ParameterizedTest
    @ValueSource(strings = {"registry", "pools", "nexuses", "volumes"})
    void keepsTheCopiesApart(String service) {
        Map<?, ?> pods = Map.of("app", service);

        Yaml away = manifest("Deployment", service)
                .at("spec/template/spec/affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution")
                .list()
                .getFirst()
                .at("podAffinityTerm");
        assertThat(away.at("topologyKey").text()).isEqualTo("kubernetes.io/hostname");
        assertThat(away.at("labelSelector/matchLabels").map()).isEqualTo(pods);

        Yaml budget = manifest("PodDisruptionBudget", service).at("spec");
        assertThat(budget.at("maxUnavailable").text()).isEqualTo("1");
        assertThat(budget.at("selector/matchLabels").map()).isEqualTo(pods);
    }

    @ParameterizedTest
    @ValueSource(strings = {"registry", "pools", "nexuses", "volumes", "gateway", "csi"})
    void startsTheSameMainClassEverywhere(String service) throws IOException {
        String main = composed(service).at("command").list().getFirst().text();

        assertThat(container("Deployment", service).at("args").list().getFirst().text())
                .isEqualTo(main);
        assertThat(launcherMains()).containsEntry(service, main);
    }

    @Test
    void startsAgentsWithTheSameOptionsEverywhere() {
        var onKubernetes = options(container("DaemonSet", "agent").at("args"));

        for (String agent : List.of("agent-1", "agent-2", "agent-3")) {
            Yaml composed = composed(agent);
            assertThat(options(composed.at("command"))).isEqualTo(onKubernetes);
            String address = composed.at("networks/orlop/ipv4_address").text();
            assertThat(composed.at("command").list()).extracting(Yaml::text).contains(address);
        }
    }

    @Test
    void runsTheImageOfThisVersion() throws IOException {
        var version = Pattern.compile("<version>(.*?)</version>").matcher(Files.readString(PROJECT.resolve("pom.xml")));
        assertThat(version.find()).isTrue();

        for (var service : compose.at("services").map().keySet()) {
            if (service.equals("etcd")) continue;
            assertThat(composed(service.toString()).at("image").text()).isEqualTo("orlop:" + version.group(1));
        }
        assertThat(manifestText("kustomization.yaml")).contains("newTag: " + version.group(1));
    }

    @Test
    void selectsThePodsThatItMakes() {
        for (Yaml manifest : manifests) {
            if (!manifest.at("kind").text().matches("Deployment|StatefulSet|DaemonSet")) continue;
            assertThat(manifest.at("spec/selector/matchLabels").map())
                    .isEqualTo(manifest.at("spec/template/metadata/labels").map())
                    .isEqualTo(Map.of("app", manifest.at("metadata/name").text()));
        }
    }

    @Test
    void provisionsWithTheDriverThatIsThere() {
        String driver =
                manifest("CSIDriver", "csi.orlop.io").at("metadata/name").text();

        assertThat(manifest("StorageClass", "orlop-2").at("provisioner").text()).isEqualTo(driver);
    }

    private Yaml composed(String service) {
        return compose.at("services").at(service);
    }

    private Yaml manifest(String kind, String name) {
        var found = manifests.stream()
                .filter(manifest -> manifest.at("kind").text().equals(kind))
                .filter(manifest -> manifest.at("metadata/name").text().equals(name))
                .toList();
        assertThat(found).as(kind + " " + name).hasSize(1);
        return found.getFirst();
    }

    private Yaml container(String kind, String name) {
        return manifest(kind, name).at("spec/template/spec/containers").named(name);
    }

    private static List<String> options(Yaml command) {
        return command.list().stream()
                .map(Yaml::text)
                .filter(word -> word.startsWith("--") || word.matches("\\d+|registry:.*|http:.*|io\\.orlop\\..*"))
                .toList();
    }

    private static Map<String, String> launcherMains() throws IOException {
        var mains = new TreeMap<String, String>();
        var lines = Pattern.compile("^ +(\\w+)\\) echo (io\\.orlop\\.\\S+) ;;", Pattern.MULTILINE)
                .matcher(Files.readString(PROJECT.resolve("orlop")));
        while (lines.find()) mains.put(lines.group(1), lines.group(2));
        return mains;
    }

    private static String manifestText(String name) throws IOException {
        return Files.readString(K8S.resolve(name));
    }

    private static List<Path> files() throws IOException {
        try (var files = Files.list(K8S)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .filter(file -> !file.endsWith("kustomization.yaml"))
                    .sorted()
                    .toList();
        }
    }
}
