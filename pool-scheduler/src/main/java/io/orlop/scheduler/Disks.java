package io.orlop.scheduler;

import java.util.List;

/// A disk has several names: `/dev/sdb`, `aio:///dev/sdb`, and as nodes report it `aio:///dev/sdb?uuid=…`.
final class Disks {
    private Disks() {}

    static boolean same(List<String> some, List<String> others) {
        return some.stream()
                .map(Disks::plain)
                .sorted()
                .toList()
                .equals(others.stream().map(Disks::plain).sorted().toList());
    }

    private static String plain(String disk) {
        int query = disk.indexOf('?');
        String device = query < 0 ? disk : disk.substring(0, query);
        for (String scheme : List.of("aio://", "uring://")) {
            if (device.startsWith(scheme)) return device.substring(scheme.length());
        }
        return device;
    }
}
