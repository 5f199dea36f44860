package io.orlop.store.door;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OpenFilesTest {
    @Test
    void refusesWhatIsNotEnoughForTheProcessItself() {
        assertThat(new OpenFiles(128, 243).refusal()).contains("may open 128 files", "wants 323", "ulimit -n");
        assertThat(new OpenFiles(322, 243).refusal()).isNotNull();
        assertThat(new OpenFiles(323, 243).refusal()).isNull();
    }

    @Test
    void saysForHowManyClientsThereIsRoom() {
        assertThat(new OpenFiles(323, 243).warning()).contains("may open 323 files", "some 16 clients");
        assertThat(new OpenFiles(1_023, 243).warning()).contains("some 716 clients");
        assertThat(new OpenFiles(1_024, 243).warning()).isNull();
        assertThat(new OpenFiles(322, 243).warning()).as("it is refused").isNull();
    }

    @Test
    void countsClassesThatNobodyNeededYet() {
        assertThat(OpenFiles.ofThisProcess().own())
                .isGreaterThan(System.getProperty("java.class.path").split(":").length);
    }
}
