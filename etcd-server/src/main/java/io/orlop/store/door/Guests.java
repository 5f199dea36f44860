package io.orlop.store.door;

import io.netty.channel.Channel;
import java.time.Duration;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Who is at the door. Who does not say what he wants leaves after a while. When no more fit, a new one comes in the
/// place of the one that has wanted nothing for longest: first of those that never greeted, then of all that are not
/// served. Only where all are served, or came just now, it is turned away.
final class Guests {
    /// So long each is left in peace: it may be about to say what it wants.
    private static final Duration PEACE = Duration.ofSeconds(1);

    private static final Comparator<Guest> FIRST_TO_LEAVE = Comparator.<Guest, Boolean>comparing(
                    guest -> guest.doing() != Guest.Doing.GREETS)
            .thenComparing(Comparator.comparingLong(Guest::forNanos).reversed());

    private final Set<Guest> there = ConcurrentHashMap.newKeySet();
    private final Room room;
    private final Duration patience;
    private final LongSupplier nanos;
    private final Crowded crowded;

    Guests(Room room, Duration patience, LongSupplier nanos, Crowded crowded) {
        this.room = room;
        this.patience = patience;
        this.nanos = nanos;
        this.crowded = crowded;
    }

    /// @return null if it has to go again
    @Nullable
    Guest enters(Channel channel) {
        if (!room.connects() && !makesRoom()) return null;
        Guest guest = new Guest(channel, nanos);
        there.add(guest);
        channel.closeFuture().addListener(_ -> {
            there.remove(guest);
            room.disconnects();
        });
        return guest;
    }

    private boolean makesRoom() {
        boolean anotherLeaves = sendsAwayAnother();
        if (anotherLeaves) room.connectsForAnother();
        crowded.tell(room, anotherLeaves);
        return anotherLeaves;
    }

    /// Who began something in this moment stays, and the next leaves instead. Where there is none, there
    /// is one more than may be until somebody goes.
    private boolean sendsAwayAnother() {
        Guest first = firstToLeave();
        while (first != null && !first.sendAway(this::sendsAwayAnother)) first = firstToLeave();
        return first != null;
    }

    private @Nullable Guest firstToLeave() {
        return there.stream()
                .filter(guest -> guest.doing() != Guest.Doing.IS_SERVED)
                .filter(guest -> !guest.leaves() && guest.forNanos() >= PEACE.toNanos())
                .min(FIRST_TO_LEAVE)
                .orElse(null);
    }

    /// To be called now and then.
    void sendAwayOverdue() {
        for (Guest guest : there) if (guest.isOverdue(patience)) guest.sendAway(() -> {});
    }
}
