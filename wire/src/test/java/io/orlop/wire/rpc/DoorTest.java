package io.orlop.wire.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DoorTest {
    interface Shop {
        int sell();

        Feed<Integer> news();
    }

    private final AtomicInteger sold = new AtomicInteger();
    private @Nullable Refusal why;
    private final Shop shop = Door.of(
            Shop.class,
            new Shop() {
                @Override
                public int sell() {
                    if (sold.get() > 1) throw new Refusal.OutOfCapacity("sold out", "come tomorrow").exception();
                    return sold.incrementAndGet();
                }

                @Override
                public Feed<Integer> news() {
                    return new Feed<>() {
                        @Override
                        public Integer next() {
                            return sold.incrementAndGet();
                        }

                        @Override
                        public void close() {}
                    };
                }
            },
            () -> why);

    @Test
    void whoComesWhileItIsShutIsRefusedAndNothingHappens() {
        // Given
        why = new Refusal.NotLeader("this copy does not lead", "ask the leader", "a:1");
        // When, Then
        assertThatThrownBy(shop::sell)
                .isInstanceOfSatisfying(RefusalException.class, refused -> assertThat(refused.refusal())
                        .isEqualTo(why));
        assertThat(sold).hasValue(0);
    }

    @Test
    void anOpenDoorIsNotNoticed() {
        assertThat(shop.sell()).isEqualTo(1);
        assertThat(shop.sell()).isEqualTo(2);
        assertThatThrownBy(shop::sell).hasMessageStartingWith("sold out");
    }

    @Test
    void aFeedEndsWhenTheDoorIsShut() throws InterruptedException {
        // Given
        Feed<Integer> news = shop.news();
        assertThat(news.next()).isEqualTo(1);
        // When
        why = new Refusal.NotLeader("this copy does not lead any more", "ask the leader", null);
        // Then
        assertThatThrownBy(news::next).isInstanceOf(RefusalException.class);
        assertThat(sold).hasValue(1);
    }
}
