package io.orlop.store.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import org.junit.jupiter.api.Test;

class ValueCacheTest {
    private static final long BYTES = 1 << 20;

    private final ValueCache cache = new ValueCache(BYTES);

    private static KeyValue value(long location) {
        return new KeyValue(Octets.of("key " + location), Octets.wrap(new byte[256]), 1, location, 1, 0);
    }

    /// As a reader does it.
    private boolean isCached(long location) {
        if (cache.get(location) != null) return true;
        cache.offer(location, value(location));
        return false;
    }

    @Test
    void holdsNoMoreThanItsShare() {
        for (long location = 1; location < 100_000; location++) {
            cache.put(location, value(location));
            assertThat(cache.bytes()).isLessThanOrEqualTo(BYTES + ValueCache.ENTRY_BYTES + 300);
        }
        assertThat(cache.bytes()).isGreaterThan(BYTES / 2);
    }

    @Test
    void holdsNothingWhenItMayNot() {
        ValueCache none = new ValueCache(0);
        none.put(1, value(1));
        assertThat(none.get(1)).isNull();
    }

    @Test
    void keepsWhatIsInUseWhileSomebodyReadsEverything() {
        int inUse = 500;
        for (long location = 1; location <= inUse; location++) {
            isCached(location);
            isCached(location);
        }
        for (long location = inUse + 1; location < 200_000; location++) isCached(location);
        for (long location = 1; location <= inUse; location++)
            assertThat(isCached(location)).isTrue();
    }

    @Test
    void keepsWhatIsInUseWhileOthersWrite() {
        cache.put(1, value(1));
        for (long location = 2; location < 200_000; location++) {
            cache.put(location, value(location));
            if (location % 500 == 0) assertThat(isCached(1)).isTrue();
        }
    }

    @Test
    void followsAValueThatMoved() {
        cache.put(1, value(1));
        long bytes = cache.bytes();
        cache.move(1, 2);
        assertThat(cache.get(1)).isNull();
        assertThat(cache.get(2)).isEqualTo(value(1));
        assertThat(cache.bytes()).isEqualTo(bytes);
    }
}
