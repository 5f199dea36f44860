package io.orlop.wire.ioengine;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.orlop.stubs.mayastor.v1.BdevProto;
import io.orlop.stubs.mayastor.v1.CommonProto;
import io.orlop.stubs.mayastor.v1.HostProto;
import io.orlop.stubs.mayastor.v1.JsonProto;
import io.orlop.stubs.mayastor.v1.NexusProto;
import io.orlop.stubs.mayastor.v1.PoolProto;
import io.orlop.stubs.mayastor.v1.RegistrationProto;
import io.orlop.stubs.mayastor.v1.ReplicaProto;
import io.orlop.stubs.mayastor.v1.SnapshotProto;
import io.orlop.stubs.mayastor.v1.SnapshotRebuildProto;
import io.orlop.stubs.mayastor.v1.StatsProto;
import io.orlop.stubs.mayastor.v1.TestProto;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/// Our protobuf against the table of Mayastor's contract: `io-engine-v1.txt` lists what a peer of October 2024 speaks.
class WireCompatibilityTest {
    private static final List<FileDescriptor> FILES = List.of(
            BdevProto.getDescriptor(),
            CommonProto.getDescriptor(),
            HostProto.getDescriptor(),
            JsonProto.getDescriptor(),
            NexusProto.getDescriptor(),
            PoolProto.getDescriptor(),
            RegistrationProto.getDescriptor(),
            ReplicaProto.getDescriptor(),
            SnapshotProto.getDescriptor(),
            SnapshotRebuildProto.getDescriptor(),
            StatsProto.getDescriptor(),
            TestProto.getDescriptor());

    @Test
    void everyNumberIsTheContracts() throws IOException {
        assertThat(ours()).containsAll(contract());
    }

    /// What newer engines know. Older peers skip it, and what is not listed here they would misunderstand.
    @Test
    void nothingElseIsAddedButWhatNewerEnginesKnow() throws IOException {
        var added = new ArrayList<>(ours());
        added.removeAll(contract());
        assertThat(added)
                .containsExactlyInAnyOrder(
                        "rpc PoolRpc/GrowPoolV2 GrowPoolRequest Pool",
                        "rpc NexusRpc/CreateNexusV2 CreateNexusV2Request CreateNexusResponse",
                        "field MayastorFeatures 5 diskpoolEncryption optional bool",
                        "field MayastorFeatures 6 nexus_label_version optional uint32",
                        "field PoolMetadataArgs 2 max_expansion optional string",
                        "field Pool 13 encrypted optional bool",
                        "field Pool 14 max_expandable_size optional uint64",
                        "field Nexus 10 label_version optional NexusLabelVersion",
                        "field Nexus 11 bdev_size optional uint64",
                        "field CreateNexusV2Request 1 v1 CreateNexusRequest",
                        "field CreateNexusV2Request 2 label_version NexusLabelVersion",
                        "field CreateNexusV2Request 3 required_size uint64",
                        "value PoolState POOL_SUSPECTED 4",
                        "value ChildStateReason CHILD_STATE_REASON_HOT_REMOVED 12",
                        "value NexusLabelVersion LabelUnknown 0",
                        "value NexusLabelVersion LabelV1 1",
                        "value NexusLabelVersion LabelV2 2");
    }

    @Test
    void thePackageIsTheContracts() {
        assertThat(FILES).allSatisfy(file -> assertThat(file.getPackage()).isEqualTo("mayastor.v1"));
    }

    private static List<String> contract() throws IOException {
        try (InputStream table = WireCompatibilityTest.class.getResourceAsStream("/io-engine-v1.txt")) {
            if (table == null) throw new IOException("io-engine-v1.txt is not among the test resources");
            return new String(table.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }

    private static List<String> ours() {
        var lines = new ArrayList<String>();
        for (FileDescriptor file : FILES) {
            file.getServices().forEach(service -> lines.addAll(lines(service)));
            file.getMessageTypes().forEach(message -> lines.addAll(lines(message)));
            file.getEnumTypes().forEach(type -> lines.addAll(lines(type)));
        }
        return lines;
    }

    private static List<String> lines(ServiceDescriptor service) {
        return service.getMethods().stream()
                .map(method -> "rpc %s/%s %s %s%s"
                        .formatted(
                                service.getName(),
                                method.getName(),
                                name(method.getInputType()),
                                streamed(method),
                                name(method.getOutputType())))
                .toList();
    }

    private static List<String> lines(Descriptor message) {
        if (message.getOptions().getMapEntry()) return List.of();
        var lines = new ArrayList<String>();
        message.getFields()
                .forEach(field -> lines.add(
                        "field %s %d %s %s".formatted(name(message), field.getNumber(), field.getName(), type(field))));
        message.getNestedTypes().forEach(nested -> lines.addAll(lines(nested)));
        message.getEnumTypes().forEach(nested -> lines.addAll(lines(nested)));
        return lines;
    }

    private static List<String> lines(EnumDescriptor type) {
        return type.getValues().stream()
                .map(value ->
                        "value %s %s %d".formatted(shortened(type.getFullName()), value.getName(), value.getNumber()))
                .toList();
    }

    private static String type(FieldDescriptor field) {
        if (field.isMapField()) {
            Descriptor entry = field.getMessageType();
            return "map<%s,%s>".formatted(type(entry.findFieldByNumber(1)), type(entry.findFieldByNumber(2)));
        }
        String type =
                switch (field.getJavaType()) {
                    case MESSAGE -> name(field.getMessageType());
                    case ENUM -> shortened(field.getEnumType().getFullName());
                    default -> field.getType().name().toLowerCase(Locale.ROOT);
                };
        String local = type.startsWith(field.getContainingType().getName() + ".")
                ? type.substring(field.getContainingType().getName().length() + 1)
                : type;
        if (field.isRepeated()) return "repeated " + local;
        return field.toProto().getProto3Optional() ? "optional " + local : local;
    }

    private static String streamed(MethodDescriptor method) {
        return method.isServerStreaming() ? "stream " : "";
    }

    private static String name(Descriptor message) {
        return shortened(message.getFullName());
    }

    private static String shortened(String fullName) {
        return fullName.startsWith("mayastor.v1.") ? fullName.substring("mayastor.v1.".length()) : fullName;
    }
}
