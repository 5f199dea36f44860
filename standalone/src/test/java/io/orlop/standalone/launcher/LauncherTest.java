package io.orlop.standalone.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LauncherTest {
    private static final Path LAUNCHER = Path.of("..", "orlop").toAbsolutePath().normalize();

    private record Ended(int exitCode, String output) {}

    @ParameterizedTest
    @ValueSource(strings = {"help", "--help", "-h"})
    void explainsEveryOptionOfTheDemo(String asked) throws Exception {
        Ended help = run(Path.of("/"), asked);

        assertThat(help.exitCode()).isZero();
        assertThat(help.output())
                .contains("--nodes N", "--dir DIR", "--rest-port", "--store-port", "--nvme-port", "--advertise ADDRESS")
                .contains("--listen ADDRESS")
                .contains("--csi-socket PATH", "--store ENDPOINTS", "--pools N", "--pool-size SIZE")
                .contains("8081", "2379", "8420", "127.0.0.1");
    }

    @Test
    void explainsTheDemoWithoutBuildingIt() throws Exception {
        assertThat(run(Path.of("/"), "demo", "--nodes", "2", "--help").output()).contains("--pool-size SIZE");
    }

    @Test
    void saysWhatToInstallWhereThereIsNoJdk25(@TempDir Path empty) throws Exception {
        Ended refused = run(empty, "demo");

        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.output())
                .contains("no JDK 25 found", "temurin-25-jdk", "JAVA_HOME")
                .hasLineCount(1);
    }

    @Test
    void refusesACommandItDoesNotKnow() throws Exception {
        assertThat(run(Path.of("/"), "dmo"))
                .isEqualTo(new Ended(1, "orlop: there is no command 'dmo'; see ./orlop --help\n"));
        assertThat(run(Path.of("/"), "service", "volume").output()).contains("no service 'volume'", "volumes");
    }

    private static Ended run(Path jdks, String... words) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(LAUNCHER.toString()));
        command.addAll(List.of(words));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("JAVA_HOME");
        builder.environment().put("ORLOP_JDK_FOLDERS", jdks.toString());
        var process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output);
    }
}
