package io.orlop.store.history;

import io.orlop.store.api.KeyValue;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Values by location. Nobody waits to read; who adds takes the lock of a stripe.
/// ```
///   stripe 17    locations   –    a    –    –    c    d    –    b        a look begins where the hash says
///                values      –    A    –    –    C    gone –    B        and ends at the location, or at none
/// ```
/// What is found costs three looks into memory, one each for the location, the value's place and the value: a large
/// cache is never near the processor, and a range does this for every row. A place that was given up is not used again
/// before the stripe grows. A value is stored before its location, so who finds the one finds the other.
final class LocationMap {
    private static final VarHandle LOCATION = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle VALUE = MethodHandles.arrayElementVarHandle(KeyValue[].class);

    /// No record is there: a segment begins with its head.
    private static final long NONE = 0;

    private static final int STRIPES_LOG = 5;
    private static final int PLACES_AT_FIRST = 8;

    /// Both arrays are as long as each other, a power of two.
    private record Places(long[] locations, @Nullable KeyValue[] values) {
        static Places of(int count) {
            return new Places(new long[count], new KeyValue[count]);
        }

        /// @return where the location is, or `-1 - i` with the free place `i` where it would be
        int find(long location, long hash) {
            int mask = locations.length - 1;
            for (int i = (int) hash & mask; ; i = i + 1 & mask) {
                long there = (long) LOCATION.getAcquire(locations, i);
                if (there == location) return i;
                if (there == NONE) return -1 - i;
            }
        }

        @Nullable
        KeyValue value(int i) {
            return (KeyValue) VALUE.getAcquire(values, i);
        }

        void fill(int i, long location, KeyValue value) {
            VALUE.setRelease(values, i, value);
            LOCATION.setRelease(locations, i, location);
        }

        Places twice() {
            Places more = of(2 * locations.length);
            for (int i = 0; i < locations.length; i++) {
                KeyValue value = values[i];
                if (value != null) more.fill(-1 - more.find(locations[i], hash(locations[i])), locations[i], value);
            }
            return more;
        }
    }

    private static final class Stripe {
        final ReentrantLock adding = new ReentrantLock();
        volatile Places places = Places.of(PLACES_AT_FIRST);
        int taken;
    }

    private final Stripe[] stripes = new Stripe[1 << STRIPES_LOG];

    LocationMap() {
        for (int i = 0; i < stripes.length; i++) stripes[i] = new Stripe();
    }

    private static long hash(long location) {
        long mixed = location * 0x9E37_79B9_7F4A_7C15L;
        return mixed ^ mixed >>> 32;
    }

    private Stripe stripe(long hash) {
        return stripes[(int) (hash >>> Long.SIZE - STRIPES_LOG)];
    }

    @Nullable
    KeyValue get(long location) {
        long hash = hash(location);
        Places places = stripe(hash).places;
        int found = places.find(location, hash);
        return found < 0 ? null : places.value(found);
    }

    /// @return whether there was none
    boolean putIfAbsent(long location, KeyValue value) {
        assert location != NONE;
        long hash = hash(location);
        Stripe stripe = stripe(hash);
        stripe.adding.lock();
        try {
            int found = stripe.places.find(location, hash);
            if (found >= 0)
                return (KeyValue) VALUE.compareAndExchange(stripe.places.values, found, null, value) == null;
            if (2 * ++stripe.taken > stripe.places.locations.length) {
                stripe.places = stripe.places.twice();
                found = stripe.places.find(location, hash);
            }
            stripe.places.fill(-1 - found, location, value);
            return true;
        } finally {
            stripe.adding.unlock();
        }
    }

    @Nullable
    KeyValue remove(long location) {
        long hash = hash(location);
        Stripe stripe = stripe(hash);
        stripe.adding.lock();
        try {
            int found = stripe.places.find(location, hash);
            return found < 0 ? null : (KeyValue) VALUE.getAndSet(stripe.places.values, found, null);
        } finally {
            stripe.adding.unlock();
        }
    }
}
