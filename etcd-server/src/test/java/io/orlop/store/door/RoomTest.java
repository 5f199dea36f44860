package io.orlop.store.door;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RoomTest {
    private final Room room = new Room(8 << 20, Long.MAX_VALUE);

    @Test
    void whoHasManyCallsGetsNoMoreWhenHalfAreTakenAndWhoHasFewDoes() {
        int mine = 0;
        while (room.calls(mine)) mine++;
        assertThat(mine).isEqualTo(512);
        for (int other = 0; other < 8; other++) assertThat(room.calls(other)).isTrue();
        assertThat(room.calls(8)).isFalse();
        for (int over = 0; over < 8; over++) room.hangsUp();
        assertThat(room.calls(mine)).isFalse();
        room.hangsUp();
        assertThat(room.calls(mine - 1)).isTrue();
    }

    @Test
    void thereIsAnEndOfConnectionsAndWhoLeavesLetsInAnother() {
        int connections = 0;
        while (room.connects()) connections++;
        assertThat(connections).isEqualTo(128);
        room.disconnects();
        assertThat(room.connects()).isTrue();
        assertThat(room.connects()).isFalse();
    }

    @Test
    void aLittleMemoryIsEnoughForThoseWhoWatchOverTheProcess() {
        assertThat(new Room(1 << 20, 1_000).connectionsMax()).isEqualTo(64);
        assertThat(new Room(1 << 20, 0).connectionsMax()).isEqualTo(8);
    }

    @Test
    void severalDoorsShareTheFilesOfTheProcess() {
        var files = new Room.Files(1_024, 100);
        long clients = new Room(1 << 30, files.forConnections(7.0 / 16)).connectionsMax();
        long pages = new Room(1 << 30, files.forConnections(1.0 / 8)).connectionsMax();
        assertThat(2 * clients + pages).isEqualTo(768);
    }
}
