package io.orlop.wire.ioengine;

import io.orlop.model.BlockDevice;
import io.orlop.model.Bytes;
import org.jspecify.annotations.Nullable;

/// A node's block devices on the wire. The engine counts their size in sectors of 512 bytes.
final class BlockDeviceCodec {
    private static final int SECTOR = 512;

    private BlockDeviceCodec() {}

    static io.orlop.stubs.mayastor.v1.BlockDevice proto(BlockDevice device) {
        var proto = io.orlop.stubs.mayastor.v1.BlockDevice.newBuilder()
                .setDevname(device.name())
                .setDevtype(device.type())
                .setDevmajor(device.major())
                .setDevminor(device.minor())
                .setModel(device.model())
                .setDevpath(device.path())
                .addAllDevlinks(device.links())
                .setSize(device.size().count() / SECTOR)
                .setAvailable(device.available())
                .setConnectionType(device.connectionType());
        if (device.partition() != null) proto.setPartition(proto(device.partition()));
        if (device.fileSystem() != null) proto.setFilesystem(proto(device.fileSystem()));
        if (device.rotational() != null) proto.setIsRotational(device.rotational());
        return proto.build();
    }

    static BlockDevice device(io.orlop.stubs.mayastor.v1.BlockDevice device) {
        return new BlockDevice(
                device.getDevname(),
                device.getDevtype(),
                device.getDevmajor(),
                device.getDevminor(),
                device.getModel(),
                device.getDevpath(),
                device.getDevlinksList(),
                Bytes.of(Math.multiplyExact(device.getSize(), SECTOR)),
                partition(device),
                fileSystem(device),
                device.getAvailable(),
                device.getConnectionType(),
                device.hasIsRotational() ? device.getIsRotational() : null);
    }

    private static io.orlop.stubs.mayastor.v1.BlockDevice.Partition proto(BlockDevice.Partition partition) {
        return io.orlop.stubs.mayastor.v1.BlockDevice.Partition.newBuilder()
                .setParent(partition.parent())
                .setNumber(partition.number())
                .setName(partition.name())
                .setScheme(partition.scheme())
                .setTypeid(partition.type())
                .setUuid(partition.uuid())
                .build();
    }

    private static io.orlop.stubs.mayastor.v1.BlockDevice.Filesystem proto(BlockDevice.FileSystem fileSystem) {
        return io.orlop.stubs.mayastor.v1.BlockDevice.Filesystem.newBuilder()
                .setFstype(fileSystem.type())
                .setLabel(fileSystem.label())
                .setUuid(fileSystem.uuid())
                .addAllMountpoints(fileSystem.mountPoints())
                .build();
    }

    private static BlockDevice.@Nullable Partition partition(io.orlop.stubs.mayastor.v1.BlockDevice device) {
        if (!device.hasPartition()) return null;
        var partition = device.getPartition();
        return new BlockDevice.Partition(
                partition.getParent(),
                partition.getNumber(),
                partition.getName(),
                partition.getScheme(),
                partition.getTypeid(),
                partition.getUuid());
    }

    private static BlockDevice.@Nullable FileSystem fileSystem(io.orlop.stubs.mayastor.v1.BlockDevice device) {
        if (!device.hasFilesystem()) return null;
        var fileSystem = device.getFilesystem();
        return new BlockDevice.FileSystem(
                fileSystem.getFstype(), fileSystem.getLabel(), fileSystem.getUuid(), fileSystem.getMountpointsList());
    }
}
