package io.orlop.dataplane.nexus;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.dataplane.block.Exposure;
import io.orlop.dataplane.block.NoSpaceException;
import io.orlop.dataplane.rebuild.Rebuild;
import io.orlop.model.AllowedHost;
import io.orlop.model.AnaState;
import io.orlop.model.Bytes;
import io.orlop.model.ChildAction;
import io.orlop.model.ChildReason;
import io.orlop.model.ChildState;
import io.orlop.model.NexusId;
import io.orlop.model.NexusState;
import io.orlop.model.NexusStatus;
import io.orlop.model.RebuildRecord;
import io.orlop.model.RebuildState;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.ReplicaId;
import io.orlop.model.ambient.Signal;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A volume's device: mirrored over copies, which come, fail, are rebuilt and go while hosts use it.
///
/// [Condition] draws what becomes of a copy.
///
/// * The last whole copy is never given up: its failures are the host's. If it is lost, it is connected to again.
/// * Which copies are whole is on record ([NexusRecord]) before hosts can see the difference. A nexus that cannot write
///   it down, or sees that another nexus does, serves nobody any more.
/// * The record says that it ended in good order only if all whole copies are equal, and flushed.
public final class Nexus {
    private static final Logger LOG = System.getLogger(Nexus.class.getName());

    /// How soon a copy that is lost is noticed while no host reads or writes.
    private static final Duration PULSE = Duration.ofSeconds(2);

    private final NexusRequest request;
    private final Surroundings surroundings;
    private final Mirror mirror;
    private final NexusRecord info;
    private final Signal ending;
    private final ReentrantLock operation = new ReentrantLock();
    private final Rebuilds rebuilds = new Rebuilds();
    private final ReentrantLock telling = new ReentrantLock();
    private volatile @Nullable List<String> publishedFor;
    private volatile NexusStatus life = NexusStatus.ONLINE;
    private boolean letGo;
    private @Nullable NexusState told;

    private Nexus(
            NexusRequest request,
            Surroundings surroundings,
            List<Children.Opened> opened,
            long blocks,
            NexusRecord info,
            List<ReplicaId> whole) {
        this.request = request;
        this.surroundings = surroundings;
        this.info = info;
        this.ending = surroundings.ambient().signal();
        List<Child> children = new ArrayList<>();
        for (Children.Opened copy : opened) {
            BlockDevice window = Children.window(copy.device(), blocks);
            Condition condition =
                    whole.contains(copy.uuid()) ? new Condition.Synced(window) : new Condition.OutOfSync(window);
            children.add(new Child(copy.uri(), copy.uuid(), condition, info.nextEpoch()));
        }
        this.mirror = new Mirror(
                request.name(),
                opened.get(0).device().blockSize(),
                blocks,
                children,
                new Judgement(),
                surroundings.ambient());
    }

    /// What follows when copies fail.
    private final class Judgement implements Mirror.Failures {
        @Override
        public void retire(List<Leg.Failure> failed) throws IOException {
            alone(() -> {
                if (fault(failed)) saveOrStop();
            });
        }

        @Override
        public List<Leg> lost() {
            if (life != NexusStatus.ONLINE) return List.of();
            return Leg.whole(mirror.children()).stream().filter(Leg::lost).toList();
        }

        @Override
        public BlockDevice dial(Leg lost) throws IOException {
            try {
                return fitting(Children.open(lost.child().uri, surroundings.opener()));
            } catch (RefusalException away) {
                throw new IOException(away.getMessage(), away);
            }
        }

        @Override
        public void resume(List<Outage.Answer> answers, List<Leg.Failure> silent) throws IOException {
            alone(() -> {
                List<Outage.Answer> late = answers.stream()
                        .filter(answer ->
                                life != NexusStatus.ONLINE || !answer.lost().stands())
                        .toList();
                late.forEach(answer -> closeInBackground(answer.device()));
                if (late.size() == answers.size()) return;
                List<Outage.Answer> current = answers.stream()
                        .filter(answer -> !late.contains(answer))
                        .toList();
                List<Outage.Answer> forgetful = forgetful(current);
                // Where one remembers, those that do not are rebuilt. Where none does, all go on, and hosts are told.
                boolean sure = forgetful.size() < current.size() || lost().size() < wholeCopies();
                mirror.recovering(sure);
                List<Leg.Failure> given = new ArrayList<>(silent);
                for (Outage.Answer answer : current) {
                    if (sure && forgetful.contains(answer)) given.add(refused(answer));
                    else reconnect(answer);
                }
                if (fault(given)) saveOrStop();
            });
        }

        /// Those that may have forgotten what was not flushed, while the way to them was broken.
        private List<Outage.Answer> forgetful(List<Outage.Answer> answers) {
            if (!mirror.anythingUnflushed()) return List.of();
            return answers.stream().filter(answer -> !answer.remembers()).toList();
        }

        private Leg.Failure refused(Outage.Answer answer) {
            closeInBackground(answer.device());
            return new Leg.Failure(answer.lost(), new IOException("it may have forgotten what was not flushed"));
        }

        private void reconnect(Outage.Answer answer) {
            closeInBackground(answer.lost().device());
            become(answer.lost().child(), new Condition.Synced(answer.device()));
            LOG.log(
                    Level.INFO,
                    "nexus {0} is connected to {1} again",
                    name(),
                    answer.lost().child().uri);
        }

        /// In [Mirror#alone]. Whoever became something else since is not meant, and the last whole one is kept.
        private boolean fault(List<Leg.Failure> failed) {
            boolean changed = false;
            for (Leg.Failure failure : failed) {
                Child child = failure.leg().child();
                if (!failure.leg().stands() || child.synced() && wholeCopies() == 1) continue;
                become(child, faulted(reasonOf(failure.why()), true));
                rebuilds.stop(child.uri);
                closeInBackground(failure.leg().device());
                changed = true;
            }
            return changed;
        }
    }

    private void become(Child child, Condition next) {
        child.become(next, info.nextEpoch());
    }

    /// Opens every copy, all of which must be whole and equal, and writes down that they are. Where the record of an
    /// earlier life says otherwise ([Beginning]), those that may not be are rebuilt.
    public static Nexus create(NexusRequest request, Surroundings surroundings) {
        List<Children.Opened> opened = Children.openAll(request.children(), surroundings.opener());
        boolean created = false;
        try {
            long blocks = Children.commonBlocks(request.name(), opened, request.size());
            var info = new NexusRecord(request.infoKey(), surroundings.infoStore(), surroundings.ambient());
            List<ReplicaId> whole = Beginning.whole(request.name(), opened, info.claim());
            Nexus nexus = new Nexus(request, surroundings, opened, blocks, info, whole);
            // Whoever wrote here before may not have flushed it. From now on, what a copy can forget is what we wrote.
            nexus.mirror.flush();
            info.save(false, nexus.mirror.children());
            created = true;
            nexus.begin();
            return nexus;
        } catch (IOException e) {
            throw new Refusal.Failed(
                            "nexus '%s' could not write down which copies are whole: %s"
                                    .formatted(request.name(), e.getMessage()),
                            "try again when the store answers")
                    .exception();
        } finally {
            if (!created) opened.forEach(child -> Children.closeQuietly(child.device()));
        }
    }

    private void begin() {
        surroundings.ambient().start("nexus " + request.name(), this::pulse);
        for (Leg leg : Leg.open(mirror.children())) if (!leg.whole()) startRebuild(leg);
    }

    private void pulse() {
        try {
            while (!ending.await(PULSE) && life == NexusStatus.ONLINE) {
                try {
                    mirror.probe();
                } catch (IOException e) {
                    LOG.log(Level.DEBUG, "{0} could not look after its copies: {1}", request.name(), e.getMessage());
                } catch (RuntimeException bug) {
                    LOG.log(Level.ERROR, request.name() + " could not look after its copies", bug);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public NexusId uuid() {
        return request.uuid();
    }

    public String name() {
        return request.name();
    }

    public BlockDevice device() {
        return mirror;
    }

    /// Whether the replica is a child, whole or not.
    public boolean has(ReplicaId replica) {
        return mirror.children().stream().anyMatch(child -> child.uuid.equals(replica));
    }

    /// Whether the replica is a child that is read or written.
    public boolean uses(ReplicaId replica) {
        return mirror.children().stream()
                .anyMatch(child -> child.uuid.equals(replica) && child.device().isPresent());
    }

    /// The percents of all rebuilds under way.
    public long progress() {
        return mirror.children().stream()
                .flatMap(child -> rebuilds.of(child.uri).stream())
                .mapToLong(Rebuild::percent)
                .sum();
    }

    public NexusState state() {
        return state(true);
    }

    private NexusState state(boolean withProgress) {
        List<Child> children = mirror.children();
        List<String> hosts = publishedFor;
        List<ChildState> states = new ArrayList<>();
        int running = 0;
        for (Child child : children) {
            Optional<Rebuild> rebuild = rebuilds.of(child.uri);
            if (rebuild.isPresent() && child.outOfSync()) running++;
            states.add(child.state(
                    rebuild.map(one -> withProgress ? one.percent() : 0).orElse(null)));
        }
        return new NexusState(
                request.uuid(),
                request.name(),
                surroundings.node(),
                Bytes.of(request.size()),
                status(children),
                states,
                hosts == null ? "" : surroundings.exports().uri(nqn()),
                running,
                hosts == null ? AnaState.INVALID : AnaState.OPTIMIZED,
                hosts == null ? List.of() : hosts,
                Bytes.of(mirror.size()));
    }

    public List<RebuildRecord> rebuildHistory() {
        return rebuilds.history();
    }

    /// Offers the device to hosts; offered already, it only takes the new list of hosts.
    public void publish(List<String> hosts) {
        exclusively(() -> {
            checkServing();
            if (publishedFor == null) {
                surroundings
                        .exports()
                        .expose(new Exposure(
                                nqn(),
                                mirror,
                                request.identity(),
                                AllowedHost.fromAnywhere(hosts),
                                request.nvmf().minControllerId(),
                                request.nvmf().maxControllerId()));
            } else {
                surroundings.exports().allow(nqn(), AllowedHost.fromAnywhere(hosts));
            }
            publishedFor = List.copyOf(hosts);
        });
    }

    public void unpublish() {
        exclusively(this::withdraw);
    }

    public void addChild(String uri, boolean withoutRebuild) {
        exclusively(() -> {
            checkServing();
            Children.Opened opened = null;
            boolean added = false;
            try {
                if (find(uri).isPresent()) throw alreadyThere(uri);
                opened = Children.open(uri, surroundings.opener());
                BlockDevice device = fitting(opened);
                Child child = new Child(uri, opened.uuid(), new Condition.OutOfSync(device), info.nextEpoch());
                for (Child other : mirror.children()) if (other.uuid.equals(child.uuid)) throw alreadyThere(uri);
                List<Child> more = new ArrayList<>(mirror.children());
                more.add(child);
                alone(() -> changeChildren(more));
                added = true;
                if (!withoutRebuild) Leg.of(child).ifPresent(this::startRebuild);
            } finally {
                if (!added && opened != null) Children.closeQuietly(opened.device());
            }
        });
    }

    /// A uri that is no child's is no error: it was removed before.
    public void removeChild(String uri) {
        exclusively(() -> {
            Optional<Child> found = find(uri);
            if (found.isEmpty()) return;
            Child child = found.get();
            List<Child> rest =
                    mirror.children().stream().filter(other -> other != child).toList();
            if (rest.isEmpty()) throw lastOne(uri, "the last child");
            refuseTheLastWholeOne(child);
            rebuilds.stop(child.uri);
            var open = new AtomicReference<Optional<BlockDevice>>(Optional.empty());
            alone(() -> {
                refuseTheLastWholeOne(child);
                open.set(child.device());
                become(child, new Condition.Closed());
                changeChildren(rest);
            });
            open.get().ifPresent(Children::closeQuietly);
        });
    }

    public void act(String uri, ChildAction action) {
        exclusively(() -> {
            checkServing();
            Child child = find(uri).orElseThrow(() -> new Refusal.NotFound(
                            "'%s' is no child of nexus '%s'".formatted(uri, name()), "list the nexus's children")
                    .exception());
            switch (action) {
                case OFFLINE -> fault(child, ChildReason.BY_CLIENT, true);
                case OFFLINE_PERMANENT -> fault(child, ChildReason.BY_CLIENT, false);
                case FAULT_IO_ERROR -> fault(child, ChildReason.IO_FAILURE, true);
                case ONLINE -> online(child);
            }
        });
    }

    /// Lets go of hosts and copies in good order, so that the next nexus may use every whole copy.
    public void shutdown() {
        exclusively(() -> {
            if (letGo) return;
            life = NexusStatus.SHUTTING_DOWN;
            withdraw();
            rebuilds.stopAll();
            letGo();
        });
    }

    /// As if the process died here: nothing is written down, nobody is told. For simulated crashes.
    public void abandon() {
        info.abandon();
        life = NexusStatus.SHUTDOWN;
        ending.raise();
        rebuilds.stopAll();
        for (Child child : mirror.children()) child.device().ifPresent(this::closeInBackground);
    }

    private void letGo() throws IOException {
        List<BlockDevice> devices = new ArrayList<>();
        alone(() -> {
            boolean equal = settledForGood();
            mirror.close("nexus %s was shut down".formatted(name()));
            try {
                info.save(equal, mirror.children());
            } catch (IOException e) {
                // The record goes on saying that the shutdown was not clean, which is the careful answer.
                LOG.log(Level.WARNING, "nexus {0} could not note its clean shutdown: {1}", name(), e.getMessage());
            }
            for (Child child : mirror.children()) {
                if (child.device().isEmpty()) continue;
                devices.add(child.device().get());
                become(child, new Condition.Closed());
            }
            life = NexusStatus.SHUTDOWN;
            letGo = true;
        });
        ending.raise();
        devices.forEach(Children::closeQuietly);
    }

    private boolean settledForGood() {
        try {
            mirror.settleForGood();
            return true;
        } catch (IOException e) {
            LOG.log(
                    Level.WARNING,
                    "nexus {0} ends without knowing that its copies are equal: {1}",
                    name(),
                    e.getMessage());
            return false;
        }
    }

    /// In [Mirror#alone].
    private void changeChildren(List<Child> children) throws IOException {
        mirror.children(children);
        saveOrStop();
    }

    /// In [Mirror#alone]. Hosts must not see a difference that is not on record, so without a record they see nothing.
    private void saveOrStop() throws IOException {
        try {
            info.save(false, mirror.children());
        } catch (IOException e) {
            mirror.close("nexus %s could not write down which copies are whole, and stopped: %s"
                    .formatted(name(), e.getMessage()));
            life = NexusStatus.SHUTDOWN;
            throw e;
        }
    }

    private void fault(Child child, ChildReason reason, boolean recoverable) throws IOException {
        refuseTheLastWholeOne(child);
        rebuilds.stop(child.uri);
        alone(() -> {
            refuseTheLastWholeOne(child);
            Optional<BlockDevice> device = child.device();
            become(child, faulted(reason, recoverable));
            saveOrStop();
            device.ifPresent(this::closeInBackground);
        });
    }

    private void online(Child child) throws IOException {
        switch (child.condition()) {
            case Condition.Synced _ -> {}
            case Condition.OutOfSync _ -> {
                if (rebuilds.of(child.uri).isEmpty()) Leg.of(child).ifPresent(this::startRebuild);
            }
            case Condition.Closed _ -> throw notRecoverable(child);
            case Condition.Faulted faulted -> {
                if (!faulted.recoverable()) throw notRecoverable(child);
                BlockDevice device = fitting(Children.open(child.uri, surroundings.opener()));
                alone(() -> become(child, new Condition.OutOfSync(device)));
                Leg.of(child).ifPresent(this::startRebuild);
            }
        }
    }

    private BlockDevice fitting(Children.Opened opened) {
        boolean fits = false;
        try {
            if (opened.device().blockSize() != mirror.blockSize()) {
                throw new Refusal.Invalid(
                                "child '%s' has blocks of %d bytes, nexus '%s' of %d"
                                        .formatted(
                                                opened.uri(), opened.device().blockSize(), name(), mirror.blockSize()),
                                "use a replica of the nexus's block size")
                        .exception();
            }
            if (Children.dataBlocks(opened, request.size()) < mirror.blocks()) {
                throw new Refusal.Invalid(
                                "child '%s' of %s is too small for nexus '%s'"
                                        .formatted(
                                                opened.uri(),
                                                Bytes.of(opened.device().size()),
                                                name()),
                                "use a replica as large as the others")
                        .exception();
            }
            fits = true;
            return Children.window(opened.device(), mirror.blocks());
        } finally {
            if (!fits) Children.closeQuietly(opened.device());
        }
    }

    /// The rebuild is of what the copy is now, and not of what it may become later.
    private void startRebuild(Leg incarnation) {
        String source = Leg.localFirst(Leg.whole(mirror.children())).stream()
                .map(whole -> whole.child().uri)
                .findFirst()
                .orElse("");
        rebuilds.start(new Rebuild(
                source,
                incarnation.child().uri,
                mirror.size(),
                mirror.blockSize(),
                (offset, length) -> mirror.copy(incarnation, offset, length),
                ended -> rebuildEnded(incarnation, ended),
                surroundings.ambient()));
    }

    private void rebuildEnded(Leg incarnation, Rebuild rebuild) {
        boolean whole = rebuild.state() == RebuildState.COMPLETED && makeWhole(incarnation);
        rebuilds.ended(rebuild, whole);
        if (!whole && rebuild.state() != RebuildState.STOPPED) giveUp(incarnation);
        tell();
    }

    /// What was rebuilt is flushed before the record says that the copy is whole: after a power cut of everything the
    /// record may be all that is known. The flush takes its time, in which the copy may go and come back.
    private boolean makeWhole(Leg incarnation) {
        Child child = incarnation.child();
        try {
            incarnation.device().flush();
            alone(() -> {
                if (!incarnation.stands()) throw new IOException(child.uri + " failed at the end of its rebuild");
                become(child, new Condition.Synced(incarnation.device()));
                saveOrStop();
            });
            return true;
        } catch (IOException e) {
            LOG.log(Level.WARNING, "nexus {0}: {1} was rebuilt in vain: {2}", name(), child.uri, e.getMessage());
            return false;
        }
    }

    private void giveUp(Leg incarnation) {
        try {
            alone(() -> {
                if (!incarnation.stands()) return;
                become(incarnation.child(), faulted(ChildReason.REBUILD_FAILED, true));
                closeInBackground(incarnation.device());
            });
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /// Every change of the children's conditions goes this way.
    private void alone(Mirror.Change change) throws IOException {
        try {
            mirror.alone(change);
        } finally {
            tell();
        }
    }

    /// Says that this nexus reports something else than before, if it does.
    private void tell() {
        telling.lock();
        try {
            NexusState now = state(false);
            if (now.equals(told)) return;
            told = now;
        } finally {
            telling.unlock();
        }
        surroundings.changed().run();
    }

    private void withdraw() throws IOException {
        if (publishedFor == null) return;
        surroundings.exports().withdraw(nqn());
        publishedFor = null;
    }

    private void closeInBackground(BlockDevice device) {
        surroundings.ambient().start("close", () -> Children.closeQuietly(device));
    }

    private Condition.Faulted faulted(ChildReason reason, boolean recoverable) {
        return new Condition.Faulted(reason, recoverable, surroundings.ambient().now());
    }

    private static ChildReason reasonOf(IOException failure) {
        if (failure instanceof NoSpaceException) return ChildReason.NO_SPACE;
        if (failure instanceof SocketTimeoutException) return ChildReason.TIMED_OUT;
        return ChildReason.IO_FAILURE;
    }

    private NexusStatus status(List<Child> children) {
        if (life != NexusStatus.ONLINE) return life;
        if (children.stream().allMatch(Child::synced)) return NexusStatus.ONLINE;
        return children.stream().anyMatch(Child::synced) ? NexusStatus.DEGRADED : NexusStatus.FAULTED;
    }

    private long wholeCopies() {
        return mirror.children().stream().filter(Child::synced).count();
    }

    private Optional<Child> find(String uri) {
        return mirror.children().stream().filter(child -> child.uri.equals(uri)).findFirst();
    }

    private String nqn() {
        return Exposure.nqnOf(request.name());
    }

    private void refuseTheLastWholeOne(Child child) {
        boolean another = Leg.whole(mirror.children()).stream().anyMatch(leg -> leg.child() != child && !leg.lost());
        if (child.synced() && !another) throw lastOne(child.uri, "the last healthy child");
    }

    private RuntimeException lastOne(String uri, String what) {
        return new Refusal.FailedPrecondition(
                        "'%s' is %s of nexus '%s'".formatted(uri, what, name()),
                        "add another child and wait until it is rebuilt")
                .exception();
    }

    private RuntimeException alreadyThere(String uri) {
        return new Refusal.AlreadyExists(
                        "'%s' is a child of nexus '%s'".formatted(uri, name()), "nothing needs to be done")
                .exception();
    }

    private RuntimeException notRecoverable(Child child) {
        return new Refusal.FailedPrecondition(
                        "child '%s' of nexus '%s' cannot be brought online again".formatted(child.uri, name()),
                        "remove it, and add it or another one")
                .exception();
    }

    private void checkServing() {
        if (life == NexusStatus.ONLINE) return;
        throw new Refusal.FailedPrecondition(
                        "nexus '%s' is shut down".formatted(name()), "destroy it and create another")
                .exception();
    }

    private interface Step {
        void run() throws IOException;
    }

    /// One operation at a time; I/O goes on meanwhile.
    private void exclusively(Step step) {
        operation.lock();
        try {
            step.run();
        } catch (IOException e) {
            throw new Refusal.Failed(
                            "nexus '%s': %s".formatted(name(), e.getMessage()),
                            "look at the nexus's state and try again")
                    .exception();
        } finally {
            operation.unlock();
            tell();
        }
    }
}
