package io.orlop.nexus;

import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.Layout;
import io.orlop.control.keyspace.NexusInfos;
import io.orlop.control.leadership.Leadership;
import io.orlop.control.loop.Grace;
import io.orlop.control.loop.LoopObserver;
import io.orlop.control.owner.Owner;
import io.orlop.control.view.ClusterView;
import io.orlop.control.view.ObservingAgents;
import io.orlop.model.Nexus;
import io.orlop.model.NexusChild;
import io.orlop.model.NexusId;
import io.orlop.model.NexusOperation;
import io.orlop.model.NexusSpec;
import io.orlop.model.NodeId;
import io.orlop.model.RebuildRecord;
import io.orlop.model.VolumeId;
import io.orlop.model.ambient.Ambient;
import io.orlop.wire.agent.Agents;
import io.orlop.wire.service.CreateNexusSpec;
import io.orlop.wire.service.Nexuses;
import io.orlop.wire.service.Page;
import io.orlop.wire.service.TargetChoice;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The service, built from its ports: nothing here knows what it runs in.
///
/// ```
///   Nexuses ──► door ──► NexusCreation, NexusChanges, NexusDeletion ──┬──► NexusBook ──► keyspace
///                                 ▲                                   └──► Hands     ──► agents, under our term
///   Wakes ◄── ClusterView ──► NexusReconciler, InfoSweep
///     └──────────────────────────┘
/// ```
public final class NexusService implements Nexuses, AutoCloseable {
    private final ClusterView view;
    private final Owner owner;
    private final NexusBook book;
    private final Hands hands;
    private final Targets targets;
    private final NexusListing listing;
    private final NexusCreation creation;
    private final NexusChanges changes;
    private final NexusDeletion deletion;

    /// @param view stays the caller's
    /// @param leadership not started yet: [#start()] does it; it is ours from now on
    public NexusService(
            Ambient ambient,
            Keyspace keyspace,
            Layout layout,
            Agents agents,
            ClusterView view,
            Leadership leadership,
            NexusSettings settings,
            LoopObserver observer) {
        this.view = view;
        this.owner = new Owner(ambient, "nexuses", keyspace, leadership, view, settings.pace(), observer);
        var infos = new NexusInfos(keyspace, layout);
        var wanted = new Wanted(keyspace, layout.volumes());
        this.book = new NexusBook(view.nexuses(), owner.writer());
        this.hands = new Hands(new ObservingAgents(owner.commanding(agents), view.seen()));
        this.targets = new Targets(view);
        this.listing = new NexusListing(view);
        this.creation = new NexusCreation(owner.guards(), book, infos, wanted, hands, targets);
        this.changes = new NexusChanges(owner.guards(), book, hands);
        this.deletion = new NexusDeletion(owner.guards(), book, hands, targets);

        var strays = new StrayNexuses(keyspace, view, infos, hands, new Grace<>(ambient, settings.strayAfter()));
        var scope = new NexusScope(view, strays);
        var mending = new NexusMending(book, infos, hands, scope, new Copies(view), creation);
        var reconciler =
                new NexusReconciler(owner.guards(), book, view, scope, creation, changes, deletion, mending, strays);
        var sweep =
                new InfoSweep(keyspace, view, wanted, owner.writer(), new Grace<>(ambient, settings.needlessAfter()));
        Wakes.wire(view, owner.loop("nexuses", reconciler, scope), owner.loop("nexus infos", sweep, sweep));
    }

    public NexusService start() {
        owner.start();
        return this;
    }

    public Owner owner() {
        return owner;
    }

    /// As others may call it: only the copy that leads answers.
    public Nexuses door() {
        return owner.door(Nexuses.class, this);
    }

    @Override
    public void close() {
        owner.close();
    }

    @Override
    public Page<Nexus> nexuses(@Nullable NexusId after, int most) {
        return Page.of(listing.after(after), most);
    }

    @Override
    public Nexus nexus(NexusId nexus) {
        NexusSpec spec = book.present(nexus).value();
        return new Nexus(nexus, spec, view.state(spec).orElse(null));
    }

    @Override
    public NodeId chooseTarget(TargetChoice choice) {
        return targets.choose(choice);
    }

    @Override
    public Nexus createNexus(CreateNexusSpec request) {
        return creation.create(request);
    }

    @Override
    public void destroyNexus(NexusId nexus, @Nullable VolumeId owner) {
        deletion.destroy(nexus, owner);
    }

    @Override
    public Nexus publish(NexusId nexus, List<String> hosts) {
        return changes.change(nexus, new NexusOperation.Publish(hosts));
    }

    @Override
    public Nexus unpublish(NexusId nexus) {
        return changes.change(nexus, new NexusOperation.Unpublish());
    }

    @Override
    public Nexus addChild(NexusId nexus, NexusChild child) {
        return changes.change(nexus, new NexusOperation.AddChild(child));
    }

    @Override
    public Nexus removeChild(NexusId nexus, String uri) {
        return changes.change(nexus, new NexusOperation.RemoveChild(uri));
    }

    @Override
    public Nexus shutdown(NexusId nexus) {
        return changes.change(nexus, new NexusOperation.Shutdown());
    }

    @Override
    public List<RebuildRecord> rebuildHistory(NexusId nexus) {
        return hands.of(book.present(nexus).value()).rebuildHistory(nexus);
    }
}
