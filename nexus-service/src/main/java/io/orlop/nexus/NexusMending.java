package io.orlop.nexus;

import io.orlop.control.keyspace.NexusInfoKey;
import io.orlop.control.keyspace.NexusInfos;
import io.orlop.control.loop.Outcome;
import io.orlop.control.table.Stored;
import io.orlop.model.NexusChild;
import io.orlop.model.NexusId;
import io.orlop.model.NexusInfo;
import io.orlop.model.NexusSpec;
import io.orlop.model.NexusState;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.ShareProtocol;
import io.orlop.nexus.children.ChildCandidate;
import io.orlop.nexus.children.ChildDecision;
import io.orlop.nexus.children.ChildPolicy;
import io.orlop.nexus.mending.Mend;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Makes a nexus again what was promised, after its node forgot it or it gave up.
///
/// ```
///   it is there, and gave up ──► the promise keeps every whole copy, and no other ──► destroyed ──┐
///                                                                                                 ▼
///   it is not there ──► its record, from the store ──► A ──► built ──► the promise is A
///            ▲                                         │
///            └── asked again, record and all ◄─────────┘ cannot be opened: B has its turn
/// ```
///
/// The promise goes on naming all whole copies until one of them serves: the chosen one may be lost in the meantime. To
/// take B after A was tried is safe because each attempt begins with two questions, in this order. The node is asked
/// whether it has the nexus, and then the store what the nexus wrote: one that was built of A, however late the answer,
/// is there, or was there and has written that A alone is whole, which it does before it serves anybody. One that comes
/// later still finds its id taken. What is decided after anything else that was done rests on what the node answered to
/// that: it said how the nexus is, and listing all that it has would say no more.
final class NexusMending {
    /// More than any nexus needs besides an attempt with each copy: destroy, adopt, publish, done.
    private static final int STEPS = 5;
    private static final Duration VIEW_IS_LATE = Duration.ofSeconds(1);

    private final NexusBook book;
    private final NexusInfos infos;
    private final Hands hands;
    private final NexusScope scope;
    private final Copies copies;
    private final NexusCreation creation;
    private final Turns turns = new Turns();

    NexusMending(
            NexusBook book, NexusInfos infos, Hands hands, NexusScope scope, Copies copies, NexusCreation creation) {
        this.book = book;
        this.infos = infos;
        this.hands = hands;
        this.scope = scope;
        this.copies = copies;
        this.creation = creation;
    }

    /// The guard is taken, and no operation is pending.
    Outcome mend(Stored<NexusSpec> present) {
        Stored<NexusSpec> at = present;
        @Nullable NexusState reported = asked(present.value());
        Map<String, String> unopened = new TreeMap<>();
        int steps = STEPS + present.value().children().size();
        for (int step = 0; step < steps; step++) {
            NexusSpec spec = at.value();
            switch (Mend.next(spec, reported)) {
                case Mend.Nothing() -> {
                    turns.forget(spec.uuid());
                    return scope.amiss(spec) ? Outcome.again(VIEW_IS_LATE) : Outcome.settled();
                }
                case Mend.Recreate(boolean there, String why) -> {
                    NexusInfo left = left(spec);
                    if (left == null)
                        return Outcome.blocked(infos.missing(record(spec)).text());
                    switch (choice(spec, left, unopened)) {
                        case ChildDecision.None(String none) -> {
                            return Outcome.blocked(
                                    "nexus %s on %s: %s, and %s".formatted(spec.uuid(), spec.node(), why, none));
                        }
                        case ChildDecision.Use(List<NexusChild> children) -> {
                            if (there) {
                                at = clear(at, left);
                                reported = asked(spec);
                            } else {
                                NexusSpec of = spec.withChildren(List.of(children.getFirst()));
                                reported = build(of, unopened);
                                if (reported == null) reported = asked(spec);
                                else at = book.replace(at, of);
                            }
                        }
                    }
                }
                case Mend.ShutDown() -> reported = hands.of(spec).shutdownNexus(spec.uuid());
                case Mend.Publish(List<String> hosts) ->
                    reported = hands.of(spec).publishNexus(spec.uuid(), ShareProtocol.NVMF, hosts);
                case Mend.Unpublish() -> reported = hands.of(spec).unpublishNexus(spec.uuid());
                case Mend.AdoptChildren(List<NexusChild> children) ->
                    at = book.replace(at, spec.withChildren(children));
            }
        }
        throw new IllegalStateException(
                "nexus " + present.value().uuid() + " is not as promised after " + steps + " steps that all succeeded");
    }

    private @Nullable NexusState asked(NexusSpec spec) {
        return hands.reported(spec).orElse(null);
    }

    /// There is no such nexus any more.
    void forget(NexusId nexus) {
        turns.forget(nexus);
    }

    /// What it wrote last. It served, and it did not end in good order, whatever its node noted when what was left of
    /// it was destroyed: only one copy may be used, as after any other unclean end.
    private @Nullable NexusInfo left(NexusSpec spec) {
        return infos.read(record(spec))
                .map(last -> new NexusInfo(false, last.children()))
                .orElse(null);
    }

    private static NexusInfoKey record(NexusSpec spec) {
        return NexusInfoKey.of(spec.owner(), spec.uuid());
    }

    private ChildDecision choice(NexusSpec spec, NexusInfo left, Map<String, String> unopened) {
        return ChildPolicy.decide(
                spec.children().stream()
                        .map(child -> candidate(spec, child, unopened))
                        .toList(),
                left);
    }

    private ChildCandidate candidate(NexusSpec spec, NexusChild child, Map<String, String> unopened) {
        ChildCandidate now = copies.candidate(spec.node(), child);
        String uri = now.child().uri();
        String why = unopened.get(uri);
        return why == null ? now.inTurn(turns.of(spec.uuid(), uri)) : ChildCandidate.away(now.child(), why);
    }

    /// Destroying it writes that it ended in good order. What could be trusted before is kept first, so that nobody
    /// trusts more afterwards.
    private Stored<NexusSpec> clear(Stored<NexusSpec> present, NexusInfo left) {
        NexusSpec spec = present.value();
        Stored<NexusSpec> trusted = book.replace(present, spec.withChildren(ChildPolicy.whole(spec.children(), left)));
        hands.destroy(spec.node(), spec.uuid());
        return trusted;
    }

    /// @return what its node answered; `null` where it could not open the copy, which is noted
    private @Nullable NexusState build(NexusSpec of, Map<String, String> unopened) {
        String copy = of.children().getFirst().uri();
        try {
            return hands.of(of).createNexus(creation.order(of));
        } catch (RefusalException refused) {
            turns.inVain(of.uuid(), copy);
            if (!(refused.refusal() instanceof Refusal.Invalid unopenable)) throw refused;
            unopened.put(copy, unopenable.problem());
            return null;
        }
    }
}
