package io.orlop.disk.twin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.disk.Disk;
import io.orlop.disk.DiskFullException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CrashableDiskTest {
    private final CrashableDisk disk = new CrashableDisk(1 << 20, 512);

    @Test
    void whatIsForcedSurvivesAPowerCut() throws IOException {
        write(4096, 7);
        disk.force();
        assertThat(read(disk.afterPowerCut(new Random(1)), 4096)).isEqualTo(7);
    }

    @Test
    void aForceThatIsLostIsReadBackAndGoneAfterAPowerCut() throws IOException {
        disk.faults().add(Fault.lostForce().times(1));
        write(4096, 7);
        assertThatThrownBy(disk::force).isInstanceOf(IOException.class);
        disk.force();
        assertThat(read(disk, 4096)).isEqualTo(7);
        assertThat(read(disk.afterPowerCut(new Random(1)), 4096)).isZero();
    }

    @Test
    void aDiskThatForgetsShowsWhatAPowerCutWouldLeave() throws IOException {
        write(4096, 6);
        disk.force();
        disk.faults().add(Fault.lostForce().times(1));
        write(4096, 7);
        write(8192, 8);
        assertThatThrownBy(disk::force).isInstanceOf(IOException.class);
        write(12288, 9);
        disk.forget();
        assertThat(read(disk, 4096)).isEqualTo(6);
        assertThat(read(disk, 8192)).isZero();
        assertThat(read(disk, 12288)).isEqualTo(9);
    }

    @Test
    void whatAKilledProcessLeftIsReadBackAndNotForced() throws IOException {
        write(4096, 7);
        CrashableDisk next = disk.afterKill();
        assertThat(read(next, 4096)).isEqualTo(7);
        assertThatThrownBy(() -> read(disk, 4096)).hasMessageContaining("crashed");
        boolean lost = false;
        for (int seed = 0; seed < 100 && !lost; seed++) lost = read(next.afterPowerCut(new Random(seed)), 4096) == 0;
        assertThat(lost).isTrue();
    }

    @Test
    void aRangeThatCannotBeReadFailsWhoeverTouchesIt() throws IOException {
        disk.faults().add(Fault.eio(Call.READ).within(4096, 512));
        assertThatThrownBy(() -> read(disk, 4100)).hasMessageContaining("input/output error");
        assertThat(read(disk, 4608)).isZero();
        write(4096, 7);
        disk.force();
    }

    @Test
    void theFourthForceAloneFails() throws IOException {
        disk.faults().add(Fault.eio(Call.FORCE).after(3).times(1));
        for (int i = 0; i < 3; i++) disk.force();
        assertThatThrownBy(disk::force).isInstanceOf(IOException.class);
        disk.force();
    }

    @Test
    void aFullDiskSaysSoUntilThereIsRoom() throws IOException {
        Fault full = disk.faults().add(Fault.full().within(8192, 4096));
        write(4096, 7);
        assertThatThrownBy(() -> write(8192, 7)).isInstanceOf(DiskFullException.class);
        full.mend();
        write(8192, 7);
    }

    @Test
    void whatHangsIsDoneWhenItIsMended() throws InterruptedException, IOException {
        Fault hang = disk.faults().add(Fault.hang(Call.WRITE));
        Thread writer = Thread.ofVirtual().start(() -> {
            try {
                write(4096, 7);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        hang.awaitMet(1);
        assertThat(read(disk, 4096)).isZero();
        hang.mend();
        writer.join();
        assertThat(read(disk, 4096)).isEqualTo(7);
    }

    @Test
    void aRottenBitIsReadAndStays() throws IOException {
        write(4096, 7);
        disk.force();
        disk.rot(4096, 3);
        assertThat(read(disk, 4096)).isEqualTo(15);
        assertThat(read(disk.afterPowerCut(new Random(1)), 4096)).isEqualTo(15);
    }

    private void write(long offset, int value) throws IOException {
        disk.write(offset, ByteBuffer.allocate(512).put(0, (byte) value));
    }

    private static int read(Disk disk, long offset) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        disk.read(offset, one);
        return one.get(0);
    }
}
