package io.orlop.gateway.v0;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

@Schema(name = "BlockDevice")
record BlockDeviceView(
        boolean available,
        @JsonProperty("connection_type") String connectionType,
        List<String> devlinks,
        int devmajor,
        int devminor,
        String devname,
        String devpath,
        String devtype,
        @Nullable FileSystem filesystem,
        @JsonProperty("is_rotational") @Nullable Boolean rotational,
        String model,
        @Nullable Partition partition,
        long size) {
    @Schema(name = "BlockDeviceFilesystem")
    record FileSystem(String fstype, String label, String mountpoint, String uuid) {}

    @Schema(name = "BlockDevicePartition")
    record Partition(String name, int number, String parent, String scheme, String typeid, String uuid) {}
}
