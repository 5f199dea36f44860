package io.orlop.standalone;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.reflect.AccessFlag;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
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
        "io.orlop.control..",
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
        takesAllFromAmbient(SIMULATED).check(ORLOP);
    }

    @Test
    void nothingSimulatedEntersAMonitor() {
        entersNoMonitor(SIMULATED).check(ORLOP);
    }

    /// A rule that sees nothing forbids nothing.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "sleepsForMillis",
                "sleepsForADuration",
                "readsTheClock",
                "measures",
                "startsAThread",
                "awaitsWithALimit",
                "makesARandom",
                "takesAnyRandom",
                "asksTheThreadsRandom",
                "callsMathRandom",
                "makesAUuid"
            })
    void isSeen(String offence) {
        assertThat(reported(takesAllFromAmbient(Offender.class.getPackageName())))
                .contains(offence);
    }

    @ParameterizedTest
    @ValueSource(strings = {"entersAMonitor", "isSynchronized"})
    void monitorsAreSeen(String offence) {
        assertThat(reported(entersNoMonitor(Offender.class.getPackageName()))).contains(offence);
    }

    private static String reported(ArchRule rule) {
        return rule.evaluate(new ClassFileImporter().importClasses(Offender.class))
                .getFailureReport()
                .toString();
    }

    private static ArchRule takesAllFromAmbient(String... packages) {
        return noClasses()
                .that(areSimulated(packages))
                .should()
                .callCodeUnitWhere(of(Thread.class, "sleep|startVirtualThread|ofVirtual|ofPlatform|<init>"))
                .orShould()
                .callCodeUnitWhere(of(System.class, "nanoTime|currentTimeMillis"))
                .orShould()
                .callCodeUnitWhere(of(Instant.class, "now"))
                .orShould()
                .callCodeUnitWhere(areTimedWaits())
                .orShould()
                .callCodeUnitWhere(of(RandomGenerator.class, "<init>|current|getDefault|of"))
                .orShould()
                .callCodeUnitWhere(of(Math.class, "random"))
                .orShould()
                .callCodeUnitWhere(of(UUID.class, "randomUUID"))
                .because("one seed decides a whole run: take them from Ambient");
    }

    private static DescribedPredicate<JavaCall<?>> of(Class<?> owner, String names) {
        return DescribedPredicate.describe(
                "are %s.%s".formatted(owner.getSimpleName(), names),
                call -> call.getTargetOwner().isAssignableTo(owner)
                        && call.getName().matches(names));
    }

    private static DescribedPredicate<JavaCall<?>> areTimedWaits() {
        return DescribedPredicate.describe(
                "are timed waits of the JDK",
                call -> call.getTargetOwner().getPackageName().startsWith("java.util.concurrent")
                        && (call.getName().equals("awaitNanos")
                                || call.getTarget().getRawParameterTypes().stream()
                                        .anyMatch(type -> type.isEquivalentTo(TimeUnit.class)
                                                || type.isEquivalentTo(Duration.class)
                                                || type.isEquivalentTo(Date.class))));
    }

    private static ArchRule entersNoMonitor(String... packages) {
        return noClasses()
                .that(areSimulated(packages))
                .should(new ArchCondition<>("enter a monitor") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        for (MethodModel method : bytecode(type).methods()) {
                            events.add(new SimpleConditionEvent(
                                    type,
                                    entersAMonitor(method),
                                    type.getName() + "." + method.methodName().stringValue() + " enters a monitor"));
                        }
                    }
                })
                .because("the JDK's monitors are not deterministic on a seeded scheduler: use ReentrantLock");
    }

    /// `synchronized` on a method is a flag, and on a block an instruction that no other view of a class shows.
    private static boolean entersAMonitor(MethodModel method) {
        return method.flags().has(AccessFlag.SYNCHRONIZED)
                || method.code().stream()
                        .flatMap(CodeModel::elementStream)
                        .anyMatch(MonitorInstruction.class::isInstance);
    }

    private static ClassModel bytecode(JavaClass type) {
        String file = type.getName().replace('.', '/') + ".class";
        try (var bytes = ArchitectureTest.class.getClassLoader().getResourceAsStream(file)) {
            return ClassFile.of().parse(requireNonNull(bytes, file).readAllBytes());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /// What only a process has, no simulation runs: its wiring, and a client of a real store.
    private static DescribedPredicate<JavaClass> areSimulated(String... packages) {
        return resideInAnyPackage(packages)
                .and(resideOutsideOfPackages("io.orlop..spring..", "io.orlop.control.keyspace.etcd.."))
                .as("are simulated");
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
