package io.orlop.gateway.v0;

import io.orlop.model.BlockDevice;
import java.util.List;
import org.mapstruct.Mapper;
import org.mapstruct.Mapping;
import org.mapstruct.MappingConstants;

@Mapper(componentModel = MappingConstants.ComponentModel.SPRING, uses = Scalars.class)
interface BlockDeviceMapper {
    @Mapping(target = "devlinks", source = "links")
    @Mapping(target = "devmajor", source = "major")
    @Mapping(target = "devminor", source = "minor")
    @Mapping(target = "devname", source = "name")
    @Mapping(target = "devpath", source = "path")
    @Mapping(target = "devtype", source = "type")
    @Mapping(target = "filesystem", source = "fileSystem")
    BlockDeviceView device(BlockDevice device);

    @Mapping(target = "fstype", source = "type")
    @Mapping(target = "mountpoint", source = "mountPoints")
    BlockDeviceView.FileSystem fileSystem(BlockDevice.FileSystem fileSystem);

    @Mapping(target = "typeid", source = "type")
    BlockDeviceView.Partition partition(BlockDevice.Partition partition);

    default String first(List<String> mountPoints) {
        return mountPoints.isEmpty() ? "" : mountPoints.getFirst();
    }
}
