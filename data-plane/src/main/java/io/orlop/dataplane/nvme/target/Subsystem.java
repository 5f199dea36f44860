package io.orlop.dataplane.nvme.target;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.dataplane.nvme.namespace.AnaState;
import io.orlop.dataplane.nvme.wire.AsyncEvent;
import io.orlop.dataplane.nvme.wire.Host;
import io.orlop.dataplane.nvme.wire.IdentifyPages;
import io.orlop.dataplane.nvme.wire.LogPages;
import io.orlop.dataplane.nvme.wire.Page;
import io.orlop.dataplane.nvme.wire.Status;
import io.orlop.model.AllowedHost;
import io.orlop.model.ambient.Ambient;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A block device under a name on a target: one namespace with id 1. Made by [NvmeTarget#add].
public final class Subsystem implements Export {
    /// How long the device may take to finish what those have with it who are cut off.
    private static final Duration LEAVING_TIME = Duration.ofSeconds(10);

    private final SubsystemSpec spec;
    private final Controllers controllers;
    private final AtomicLong anaChanges = new AtomicLong();
    private final DeviceUsers users;
    /// As long as it is served the device is the same open one, and forgets nothing.
    private final UUID memory;
    private volatile List<AllowedHost> allowedHosts;
    private volatile AnaState ana;

    Subsystem(SubsystemSpec spec, Ambient ambient) {
        this.spec = spec;
        this.users = new DeviceUsers(ambient);
        this.memory = new UUID(ambient.random().nextLong(), ambient.random().nextLong());
        this.controllers = new Controllers(spec.firstController(), spec.lastController());
        this.allowedHosts = spec.allowedHosts();
        this.ana = spec.ana();
    }

    @Override
    public String nqn() {
        return spec.nqn();
    }

    public BlockDevice device() {
        return spec.device();
    }

    public List<AllowedHost> allowedHosts() {
        return allowedHosts;
    }

    public AnaState ana() {
        return ana;
    }

    /// The hosts that are connected, one for each controller.
    public List<Host> hosts() {
        return controllers.all().stream().map(Controller::host).toList();
    }

    /// From now on only these hosts, or all if the list is empty. Others are cut off; when this returns, nothing of
    /// theirs is with the device any more.
    ///
    /// @throws IOException if something still is after ten seconds. They stay cut off; the same call waits again
    public void allow(List<AllowedHost> hosts) throws IOException, InterruptedException {
        allowedHosts = List.copyOf(hosts);
        for (Controller controller : controllers.all()) {
            if (!allows(controller.host(), controller.from())) controller.close();
        }
        Predicate<IoQueue> struckOff = queue -> !allows(queue.host(), queue.from());
        if (users.awaitGone(struckOff, LEAVING_TIME)) return;
        throw new IOException("hosts of %s are cut off, but the device is not done with %s; try again"
                .formatted(nqn(), users.describe(struckOff)));
    }

    /// Waits until nothing that this host left behind with an earlier association is with the device any more: it
    /// would overwrite what the host writes now.
    ///
    /// @return whether that is so
    boolean awaitGone(Host host, Duration atMost) throws InterruptedException {
        return users.awaitGone(queue -> queue.host().equals(host), atMost);
    }

    /// Waits until the device is left alone by all who were cut off.
    ///
    /// @return whether it is
    boolean awaitAllGone() throws InterruptedException {
        return users.awaitGone(_ -> true, LEAVING_TIME);
    }

    /// What those who were cut off still have with the device, in words.
    public String leftovers() {
        return users.describe(_ -> true);
    }

    DeviceUsers users() {
        return users;
    }

    /// Whether it is being withdrawn: to hosts it is not there.
    public boolean closed() {
        return controllers.closed();
    }

    public void ana(AnaState state) {
        if (ana == state) return;
        ana = state;
        anaChanges.incrementAndGet();
        for (Controller controller : controllers.all()) controller.events().happened(AsyncEvent.ANA_CHANGED);
    }

    /// Tells the hosts that the device has another size.
    public void resized() {
        for (Controller controller : controllers.all()) controller.namespaceChanged();
    }

    @Override
    public Controllers controllers() {
        return controllers;
    }

    @Override
    public boolean allows(Host host, InetAddress from) {
        return AllowedHost.among(allowedHosts, host.nqn(), from);
    }

    /// Cuts off all hosts; what they had under way may still be finishing.
    void close() {
        for (Controller controller : controllers.close()) controller.close();
    }

    @Override
    public int events() {
        return AsyncEvent.NAMESPACE_CHANGED.enablingBit() | AsyncEvent.ANA_CHANGED.enablingBit();
    }

    @Override
    public ByteBuffer identifyController(Controller controller) {
        ByteBuffer page =
                IdentifyPages.controller(1, controller.id(), spec.nqn(), spec.serial(), spec.model(), events());
        IdentifyPages.serveNamespace(page, spec.device().writeThrough());
        IdentifyPages.rememberBy(page, memory);
        return page;
    }

    @Override
    public Answer identify(int structure, int namespace) {
        return switch (structure) {
            case IdentifyPages.NAMESPACE ->
                switch (namespace) {
                    case 1 -> new Answer.Data(IdentifyPages.namespace(
                            spec.device().blocks(), spec.device().blockSize(), spec.uuid()));
                    // What all namespaces have in common is nothing.
                    case 0xFFFF_FFFF -> new Answer.Data(Page.of(IdentifyPages.BYTES));
                    default -> Answer.refused(Status.INVALID_NAMESPACE);
                };
            case IdentifyPages.ACTIVE_NAMESPACES -> new Answer.Data(IdentifyPages.activeNamespaces(namespace));
            case IdentifyPages.DESCRIPTORS ->
                namespace == 1
                        ? new Answer.Data(IdentifyPages.descriptors(spec.uuid()))
                        : Answer.refused(Status.INVALID_NAMESPACE);
            // No limits beyond the general ones.
            case IdentifyPages.COMMAND_SET_CONTROLLER -> new Answer.Data(Page.of(IdentifyPages.BYTES));
            default -> Answer.refused(Status.INVALID_FIELD);
        };
    }

    @Override
    public @Nullable ByteBuffer logPage(int page, Controller controller) {
        return switch (page) {
            case LogPages.ERRORS -> LogPages.errors();
            case LogPages.HEALTH -> LogPages.health();
            case LogPages.FIRMWARE_SLOTS -> LogPages.firmwareSlots();
            case LogPages.CHANGED_NAMESPACES -> LogPages.changedNamespaces(controller.takeNamespaceChanged());
            case LogPages.COMMAND_EFFECTS -> LogPages.commandEffects();
            case LogPages.ANA -> LogPages.ana(ana.code(), anaChanges.get());
            default -> null;
        };
    }
}
