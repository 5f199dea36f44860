package io.orlop.standalone;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaModifier.SYNCHRONIZED;
import static com.tngtech.archunit.lang.conditions.ArchConditions.haveModifier;
import static com.tngtech.archunit.lang.conditions.ArchConditions.not;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The rules of modules and packages, each with its reason.
class ArchitectureTest {
    private static final JavaClasses ORLOP = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("stubs"))
            .importPackages("io.orlop");

    /// Not Spring Security's ciphers: they are plain functions in a jar that needs no other.
    private static final DescribedPredicate<JavaClass> SPRING = resideInAPackage("org.springframework..")
            .and(resideOutsideOfPackage("org.springframework.security.crypto.."))
            .as("are Spring's");

    private static final String[] SERVICES = {
        "io.orlop.registry..", "io.orlop.scheduler..", "io.orlop.nexus..", "io.orlop.volume.."
    };

    /// What runs under the simulation: what it takes from elsewhere, no seed decides.
    private static final String[] SIMULATED = {
        "io.orlop.registry..",
        "io.orlop.scheduler..",
        "io.orlop.nexus..",
        "io.orlop.volume..",
        "io.orlop.control.guard..",
        "io.orlop.control.loop..",
        "io.orlop.control.table..",
        "io.orlop.control.leadership..",
        "io.orlop.control.observed..",
        "io.orlop.control.keyspace.local..",
        "io.orlop.dataplane.pool..",
        "io.orlop.dataplane.nexus..",
        "io.orlop.dataplane.rebuild..",
    };

    @Test
    void packagesAreFreeOfTangles() {
        slices().matching("io.orlop.(**)").should().beFreeOfCycles().check(ORLOP);
    }

    @Test
    void theNounsNeedTheJdkAlone() {
        noClasses()
                .that()
                .resideInAPackage("io.orlop.model..")
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages("java..", "org.jspecify..", "io.orlop.model..")
                .because("everybody shares the nouns, and nobody should get more than nouns with them")
                .check(ORLOP);
    }

    @ParameterizedTest
    @ValueSource(strings = {"registry", "scheduler", "nexus", "volume"})
    void servicesMeetOnlyInTheWire(String service) {
        for (String other : SERVICES) {
            if (other.equals("io.orlop." + service + "..")) continue;
            noClasses()
                    .that()
                    .resideInAPackage("io.orlop." + service + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(other)
                    .because("a service runs alone, and its neighbours may be of another version")
                    .check(ORLOP);
        }
    }

    @Test
    void edgesSeeNoServiceAndNoMachinery() {
        noClasses()
                .that()
                .resideInAnyPackage("io.orlop.gateway..", "io.orlop.csi..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.orlop.registry..",
                        "io.orlop.scheduler..",
                        "io.orlop.nexus..",
                        "io.orlop.volume..",
                        "io.orlop.control..",
                        "io.orlop.dataplane..",
                        "io.orlop.store..")
                .because("an edge translates and decides nothing")
                .check(ORLOP);
    }

    @Test
    void theStoreKnowsNothingOfUs() {
        noClasses()
                .that()
                .resideInAPackage("io.orlop.store..")
                .should()
                .dependOnClassesThat(SPRING.or(resideInAnyPackage("io.orlop.wire..", "io.orlop.control..")))
                .because("others will want it on its own")
                .check(ORLOP);
    }

    @Test
    void springStaysAtTheRim() {
        noClasses()
                .that()
                .resideInAPackage("io.orlop..")
                .and()
                .resideOutsideOfPackages(
                        "io.orlop..spring..",
                        "io.orlop.dataplane.agent..",
                        "io.orlop.gateway..",
                        "io.orlop.csi..",
                        "io.orlop.standalone..")
                .and()
                .haveNameNotMatching(".*(Application|Properties|AgentMain)(\\$.*)?")
                .should()
                .dependOnClassesThat(SPRING)
                .because("a service is plain Java that a test and the simulation can build")
                .allowEmptyShould(true)
                .check(ORLOP);
    }

    @Test
    void whatIsSimulatedTakesTimeThreadsAndChanceFromItsSurroundings() {
        noClasses()
                .that()
                .resideInAnyPackage(SIMULATED)
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(Condition.class, "await", long.class, TimeUnit.class)
                .orShould()
                .callMethod(Thread.class, "startVirtualThread", Runnable.class)
                .because("one seed decides a whole run: take them from Ambient")
                .check(ORLOP);
    }

    @Test
    void nothingSimulatedIsSynchronized() {
        methods()
                .that()
                .areDeclaredInClassesThat()
                .resideInAnyPackage(SIMULATED)
                .should(not(haveModifier(SYNCHRONIZED)))
                .because("the JDK's monitors are not deterministic on a seeded scheduler: use ReentrantLock")
                .check(ORLOP);
    }

    @Test
    void saltedCollectionsAreNotMadeWhereOrderDecides() {
        noClasses()
                .that()
                .resideInAnyPackage(SIMULATED)
                .should()
                .callMethod(Map.class, "copyOf", Map.class)
                .because("its order changes from run to run: use a sorted map")
                .check(ORLOP);
    }
}
