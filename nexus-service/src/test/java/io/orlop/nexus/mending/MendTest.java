package io.orlop.nexus.mending;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.model.AnaState;
import io.orlop.model.Bytes;
import io.orlop.model.ChildReason;
import io.orlop.model.ChildState;
import io.orlop.model.ChildStatus;
import io.orlop.model.NexusChild;
import io.orlop.model.NexusId;
import io.orlop.model.NexusOperation;
import io.orlop.model.NexusShape;
import io.orlop.model.NexusSpec;
import io.orlop.model.NexusState;
import io.orlop.model.NexusStatus;
import io.orlop.model.NodeId;
import io.orlop.model.NvmfConfig;
import io.orlop.model.ShareProtocol;
import io.orlop.model.SpecStatus;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MendTest {
    private static final NexusId NEXUS = new NexusId(new UUID(2, 1));
    private static final NodeId NODE = new NodeId("node-1");

    @Test
    void whatIsAsPromisedIsLeftAlone() {
        assertThat(Mend.next(promised("host", "a", "b"), reported(NexusStatus.ONLINE, "host", "b", "a")))
                .isEqualTo(new Mend.Nothing());
    }

    @Test
    void whatItsNodeForgotIsBuiltAnew() {
        assertThat(Mend.next(promised("host", "a"), null))
                .isEqualTo(new Mend.Recreate(false, "its node does not have it any more"));
    }

    @Test
    void whatLetGoByItselfIsDestroyedFirst() {
        assertThat(Mend.next(promised("host", "a"), reported(NexusStatus.SHUTDOWN, "", "a")))
                .isEqualTo(new Mend.Recreate(true, "it let go of its children by itself"));
        assertThat(Mend.next(promised("host", "a"), reported(NexusStatus.FAULTED, "host", "a")))
                .isEqualTo(new Mend.Recreate(true, "none of its children is healthy"));
    }

    @Test
    void whatWasToLetGoStaysThatWay() {
        NexusSpec spec = promised("", "a").after(new NexusOperation.Shutdown());
        assertThat(Mend.next(spec, null)).isEqualTo(new Mend.Nothing());
        assertThat(Mend.next(spec, reported(NexusStatus.SHUTDOWN, "", "a"))).isEqualTo(new Mend.Nothing());
        assertThat(Mend.next(spec, reported(NexusStatus.ONLINE, "", "a"))).isEqualTo(new Mend.ShutDown());
    }

    @Test
    void childrenAreTakenAsTheyAreBeforeAnythingElse() {
        assertThat(Mend.next(promised("host", "a", "b"), reported(NexusStatus.ONLINE, "", "a")))
                .isEqualTo(new Mend.AdoptChildren(List.of(new NexusChild.Uri("a"))));
    }

    @Test
    void itIsPublishedAsPromised() {
        assertThat(Mend.next(promised("host", "a"), reported(NexusStatus.DEGRADED, "", "a")))
                .isEqualTo(new Mend.Publish(List.of("host")));
        assertThat(Mend.next(promised("host", "a"), reported(NexusStatus.ONLINE, "stranger", "a")))
                .isEqualTo(new Mend.Publish(List.of("host")));
        assertThat(Mend.next(promised("", "a"), reported(NexusStatus.ONLINE, "host", "a")))
                .isEqualTo(new Mend.Unpublish());
    }

    @Test
    void whetherAnOperationHappenedIsWhatTheNodeShows() {
        NexusState there = reported(NexusStatus.ONLINE, "host", "a");
        assertThat(Kept.kept(new NexusOperation.Publish(List.of("host")), there))
                .isTrue();
        assertThat(Kept.kept(new NexusOperation.Publish(List.of("other")), there))
                .isFalse();
        assertThat(Kept.kept(new NexusOperation.Publish(List.of("host")), null)).isFalse();
        assertThat(Kept.kept(new NexusOperation.Unpublish(), there)).isFalse();
        assertThat(Kept.kept(new NexusOperation.AddChild(new NexusChild.Uri("a")), there))
                .isTrue();
        assertThat(Kept.kept(new NexusOperation.AddChild(new NexusChild.Uri("b")), there))
                .isFalse();
        assertThat(Kept.kept(new NexusOperation.RemoveChild("b"), there)).isTrue();
        assertThat(Kept.kept(new NexusOperation.RemoveChild("b"), null))
                .as("a node that has forgotten the nexus does not know")
                .isFalse();
        assertThat(Kept.kept(new NexusOperation.Shutdown(), there)).isFalse();
        assertThat(Kept.kept(new NexusOperation.Shutdown(), null)).isTrue();
    }

    private static NexusSpec promised(String host, String... children) {
        return new NexusSpec(
                NEXUS,
                new NexusShape("volume", NODE, Bytes.mib(64), NvmfConfig.ofPath(1), null),
                Stream.of(children).<NexusChild>map(NexusChild.Uri::new).toList(),
                host.isEmpty() ? ShareProtocol.NONE : ShareProtocol.NVMF,
                host.isEmpty() ? List.of() : List.of(host),
                true,
                false,
                SpecStatus.CREATED,
                null);
    }

    private static NexusState reported(NexusStatus status, String host, String... children) {
        return new NexusState(
                NEXUS,
                "volume",
                NODE,
                Bytes.mib(64),
                status,
                Stream.of(children)
                        .map(uri -> new ChildState(uri, ChildStatus.ONLINE, ChildReason.NONE, null, null))
                        .toList(),
                host.isEmpty() ? "" : "nvmf+tcp://here",
                0,
                AnaState.OPTIMIZED,
                host.isEmpty() ? List.of() : List.of(host));
    }
}
