package io.orlop.dataplane.nvme.target;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BudgetTest {
    @ParameterizedTest
    @CsvSource({
        // held, wanted, free, the most for one, whether it may be taken
        "  0,  50, 100, 100, true",
        "  0,  51, 100, 100, false",
        " 10,  10,  90, 100, true",
        " 20,  10,  90, 100, false",
        " 20,  10, 500,  30, true",
        " 20,  11, 500,  30, false",
    })
    void nobodyTakesAll(long held, long wanted, long free, long accountMax, boolean may) {
        assertThat(Budget.mayTake(held, wanted, free, accountMax)).isEqualTo(may);
    }

    @Test
    void aFloodLeavesRoom() {
        Budget budget = new Budget(1000, 500, 1000);
        Budget.Account flood = budget.open();
        for (int i = 0; i < 1000; i++) new Told(flood, 1).claim();
        assertThat(flood.held()).isBetween(150L, 250L);
        assertThat(budget.open().take(300)).isTrue();
    }

    @Test
    void aReserveIsThereWhateverOthersDo() {
        Budget budget = new Budget(1000, 500, 1000);
        Budget.Account mine = budget.open();
        mine.reserve(100);
        for (int greedy = 0; greedy < 100; greedy++) {
            Budget.Account account = budget.open();
            for (int i = 0; i < 1000; i++) new Told(account, 1).claim();
        }
        assertThat(budget.free()).isLessThan(10);
        assertThat(mine.take(60)).isTrue();
        assertThat(mine.take(40)).isTrue();
        assertThat(mine.take(10)).isFalse();
        mine.giveBack(60);
        assertThat(mine.take(50)).isTrue();
    }

    @Test
    void reservesAreGivenAwayUntilThereAreNone() {
        Budget budget = new Budget(1000, 500, 1000);
        for (int i = 0; i < 10; i++) budget.open().reserve(100);
        assertThat(budget.taken()).isEqualTo(500);
        assertThat(budget.free()).isEqualTo(1000);
    }

    @Test
    void aReserveIsGivenUpWithTheLastThatIsHeld() {
        Budget budget = new Budget(1000, 500, 1000);
        Budget.Account account = budget.open();
        account.reserve(100);
        assertThat(account.take(150)).isTrue();
        account.end();
        assertThat(budget.taken()).isEqualTo(150);
        account.giveBack(150);
        assertThat(budget.taken()).isZero();
    }

    @Test
    void whoHoldsLeastGoesFirst() {
        Budget budget = new Budget(100, 0, 100);
        Budget.Account holder = budget.open();
        assertThat(holder.take(50)).isTrue();
        Budget.Account much = budget.open();
        assertThat(much.take(10)).isTrue();
        Told rich = new Told(much, 10);
        Told poor = new Told(budget.open(), 30);
        assertThat(rich.claim()).isFalse();
        assertThat(poor.claim()).isFalse();
        assertThat(budget.isShort()).isTrue();
        holder.giveBack(50);
        assertThat(poor.granted).isEqualTo(1);
        assertThat(rich.granted).isZero();
        much.giveBack(10);
        assertThat(rich.granted).isEqualTo(1);
        assertThat(budget.isShort()).isFalse();
    }

    @Test
    void whatWaitsIsDroppedWithItsAccount() {
        Budget budget = new Budget(100, 0, 100);
        Budget.Account holder = budget.open();
        assertThat(holder.take(50)).isTrue();
        Budget.Account ending = budget.open();
        Told waiting = new Told(ending, 40);
        assertThat(waiting.claim()).isFalse();
        ending.close();
        assertThat(waiting.dropped).isEqualTo(1);
        assertThat(waiting.claim()).isFalse();
        assertThat(waiting.dropped).isEqualTo(2);
        assertThat(budget.isShort()).isFalse();
        assertThat(budget.free()).isEqualTo(50);
    }

    /// Whatever comes and goes, what is given is there, and all of it comes back.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void countsRight(long seed) {
        Random random = new Random(seed);
        Budget budget = new Budget(1 << 20, 1 << 18, 1 << 18);
        List<Told> all = new ArrayList<>();
        List<Budget.Account> accounts = new ArrayList<>();
        for (int i = 0; i < 10; i++) accounts.add(budget.open());
        accounts.get(0).reserve(1 << 16);
        accounts.get(1).reserve(1 << 17);
        for (int round = 0; round < 5000; round++) {
            if (random.nextInt(5) < 2) {
                Told told = new Told(accounts.get(random.nextInt(10)), 1 + random.nextInt(1 << 17));
                all.add(told);
                if (told.claim()) told.granted++;
            } else if (!all.isEmpty()) {
                Told told = all.get(random.nextInt(all.size()));
                if (told.granted == 0) continue;
                all.remove(told);
                told.giveBack();
            }
            long held = accounts.stream()
                    .mapToLong(account -> Math.max(0, account.held() - account.reserved()))
                    .sum();
            assertThat(budget.free()).isEqualTo((1 << 20) - held).isNotNegative();
            assertThat(all).allMatch(told -> told.granted + told.dropped <= 1);
        }
        // Nobody is forgotten: what is given back goes to who waits, until nobody does.
        while (!all.isEmpty()) {
            Told told = all.stream().filter(one -> one.granted == 1).findAny().orElseThrow();
            all.remove(told);
            told.giveBack();
        }
        accounts.forEach(Budget.Account::end);
        assertThat(budget.taken()).isZero();
        assertThat(budget.isShort()).isFalse();
    }

    private static final class Told implements Budget.Waiter {
        private final Budget.Account account;
        private final int bytes;
        int granted;
        int dropped;

        Told(Budget.Account account, int bytes) {
            this.account = account;
            this.bytes = bytes;
        }

        boolean claim() {
            return account.claim(bytes, this);
        }

        void giveBack() {
            account.giveBack(bytes);
        }

        @Override
        public void granted() {
            granted++;
        }

        @Override
        public void dropped() {
            dropped++;
        }
    }
}
