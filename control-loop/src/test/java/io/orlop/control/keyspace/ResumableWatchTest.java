package io.orlop.control.keyspace;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.model.ambient.Ambient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A watch over streams that tell faster than its listener takes.
@Timeout(60)
class ResumableWatchTest {
    private static final long LAST = 25_000;

    private final List<Long> openedFrom = new CopyOnWriteArrayList<>();

    /// A stream that tells all that there is before anybody has looked at the first of it, some events at a time.
    private Feed feed(int eventsInOne) {
        return (_, fromRevision, news) -> {
            openedFrom.add(fromRevision);
            for (long from = fromRevision; from <= LAST; from += eventsInOne) {
                long until = Math.min(LAST, from + eventsInOne - 1);
                List<Event> events = LongStream.rangeClosed(from, until)
                        .<Event>mapToObj(revision -> new Event.Deleted("/k", revision))
                        .toList();
                news.accept(new Feed.News.Changed(new Changes(events, until)));
            }
            return () -> {};
        };
    }

    private List<Long> told(Feed feed) throws InterruptedException {
        var told = new ArrayList<Long>();
        var done = new CountDownLatch(1);
        var listener = new WatchListener() {
            @Override
            public void changed(Changes changes) {
                changes.events().forEach(event -> told.add(event.revision()));
                if (changes.revision() == LAST) done.countDown();
            }
        };
        var nothing = new Listing("/", List.of(), 0);
        try (Watching _ = ResumableWatch.start(Ambient.system(), feed, (_, _) -> 0, nothing, listener)) {
            done.await();
        }
        return told;
    }

    @Test
    void whoIsTooFarBehindHearsTheRestOfANewStreamAndMissesNothing() throws InterruptedException {
        assertThat(told(feed(1)))
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, LAST).boxed().toList());
        assertThat(openedFrom).containsExactly(1L, 10_001L, 20_001L);
    }

    @Test
    void whatCountsIsEventsAndNotInHowManyPartsTheyCome() throws InterruptedException {
        assertThat(told(feed(3_000)))
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, LAST).boxed().toList());
        assertThat(openedFrom).containsExactly(1L, 12_001L, 24_001L);
    }

    @Test
    void oneThatIsLargerThanAllThatMayWaitComesThroughAllTheSame() throws InterruptedException {
        assertThat(told(feed(20_000)))
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, LAST).boxed().toList());
        assertThat(openedFrom).containsExactly(1L, 20_001L);
    }
}
