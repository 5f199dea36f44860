package io.orlop.volume;

import io.orlop.model.VolumeId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// The numbers that pages of volumes go by in REST, and the volumes that they stand for. A number is where the next
/// page starts if nothing changes; what changes moves the list under it, and not the place that it stands for:
///
/// ```
/// A B C D    first page of two: A B, next is 2, which stands for B
/// B C D      A is gone; page 2 is what comes after B: C D. As an index, C would be left out
/// ```
///
/// A number that stands for another place already is not given again: the next free one is. Of all numbers those that
/// were used last are remembered; one that is not known is an index.
final class Walks {
    private static final int REMEMBERED = 10_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Integer, VolumeId> places = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, VolumeId> eldest) {
            return size() > REMEMBERED;
        }
    };

    /// The volume after which the page of this number starts.
    Optional<VolumeId> place(int number) {
        lock.lock();
        try {
            return Optional.ofNullable(places.get(number));
        } finally {
            lock.unlock();
        }
    }

    /// A number for this place.
    ///
    /// @param index how many entries come before the next page
    int number(int index, VolumeId last) {
        lock.lock();
        try {
            int number = index;
            while (!Objects.equals(places.getOrDefault(number, last), last)) number++;
            places.put(number, last);
            return number;
        } finally {
            lock.unlock();
        }
    }
}
