package io.orlop.dataplane.nvme;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.model.AllowedHost;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A block device under a name on a target: one namespace with id 1. Made by [NvmeTarget#add].
public final class Subsystem implements Export {
    private final SubsystemSpec spec;
    private final Controllers controllers;
    private final AtomicLong anaChanges = new AtomicLong();
    private volatile List<AllowedHost> allowedHosts;
    private volatile AnaState ana;

    Subsystem(SubsystemSpec spec) {
        this.spec = spec;
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

    /// From now on only these hosts, or all if the list is empty; others that are connected are cut off.
    public void allow(List<AllowedHost> hosts) {
        allowedHosts = List.copyOf(hosts);
        for (Controller controller : controllers.all()) {
            if (!allows(controller.host(), controller.from())) controller.close();
        }
    }

    public void ana(AnaState state) {
        if (ana == state) return;
        ana = state;
        anaChanges.incrementAndGet();
        for (Controller controller : controllers.all()) controller.events().happened(AsyncEvents.Event.ANA_CHANGED);
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
    List<TargetConnection> close() {
        List<TargetConnection> open = new ArrayList<>();
        for (Controller controller : controllers.close()) open.addAll(controller.close());
        return open;
    }

    @Override
    public int events() {
        return AsyncEvents.Event.NAMESPACE_CHANGED.enablingBit() | AsyncEvents.Event.ANA_CHANGED.enablingBit();
    }

    @Override
    public ByteBuffer identifyController(Controller controller) {
        ByteBuffer page =
                IdentifyPages.controller(1, controller.id(), spec.nqn(), spec.serial(), spec.model(), events());
        IdentifyPages.serveNamespace(page, spec.device().writeThrough());
        return page;
    }

    @Override
    public Answer identify(int structure, int namespace) {
        return switch (structure) {
            case IdentifyPages.NAMESPACE ->
                switch (namespace) {
                    case 1 -> new Answer.Page(IdentifyPages.namespace(spec.device(), spec.uuid()));
                    // What all namespaces have in common is nothing.
                    case 0xFFFF_FFFF -> new Answer.Page(Answer.Page.of(IdentifyPages.BYTES));
                    default -> Answer.refused(Status.INVALID_NAMESPACE);
                };
            case IdentifyPages.ACTIVE_NAMESPACES -> new Answer.Page(IdentifyPages.activeNamespaces(namespace));
            case IdentifyPages.DESCRIPTORS ->
                namespace == 1
                        ? new Answer.Page(IdentifyPages.descriptors(spec.uuid()))
                        : Answer.refused(Status.INVALID_NAMESPACE);
            // No limits beyond the general ones.
            case IdentifyPages.COMMAND_SET_CONTROLLER -> new Answer.Page(Answer.Page.of(IdentifyPages.BYTES));
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
            case LogPages.ANA -> LogPages.ana(ana, anaChanges.get());
            default -> null;
        };
    }
}
