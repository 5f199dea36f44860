package io.orlop.csi;

import io.orlop.model.AffinityGroupId;
import io.orlop.model.Bytes;
import io.orlop.model.Refusal;
import io.orlop.model.VolumePolicy;
import io.orlop.model.VolumeShape;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a StorageClass asks for. The keys are Mayastor's; one that nobody knows is refused, because a slip of the pen
/// would otherwise be a volume with one replica.
///
/// @param shape of its volumes, but for the size, which each claim says
/// @param context what the node plugin is told when it stages the volume
record ClassParameters(VolumeShape shape, Map<String, String> context) {
    /// Most replicas a class may ask for.
    private static final int REPLICAS_MAX = 16;

    private static final String PVC_NAME = "csi.storage.k8s.io/pvc/name";
    private static final String PVC_NAMESPACE = "csi.storage.k8s.io/pvc/namespace";

    /// @throws io.orlop.model.RefusalException where a key is unknown or a value cannot be understood
    static ClassParameters of(Map<String, String> parameters) {
        int replicas = 1;
        boolean thin = false;
        boolean grouped = false;
        Integer maxSnapshots = null;
        Bytes clusterSize = null;
        SortedMap<String, String> context = new TreeMap<>();
        for (var parameter : new TreeMap<>(parameters).entrySet()) {
            String key = parameter.getKey();
            String value = parameter.getValue();
            switch (key) {
                case "repl" -> replicas = number(key, value, 1, REPLICAS_MAX);
                case "thin" -> thin = truth(key, value);
                case "stsAffinityGroup" -> grouped = truth(key, value);
                case "maxSnapshots" -> maxSnapshots = number(key, value, 0, Integer.MAX_VALUE);
                case "clusterSize" -> clusterSize = size(key, value);
                case "protocol" -> oneOf(key, value, "nvmf");
                case "encrypted", "rwxBlock" -> oneOf(key, value, "false");
                case "fsType", "csi.storage.k8s.io/fstype" -> {
                    oneOf(key, value, "ext4", "xfs", "btrfs");
                    context.put("fsType", value);
                }
                case "cloneFsIdAsVolumeId" -> context.put(key, Boolean.toString(truth(key, value)));
                case "ioTimeout", "nvmeCtrlLossTmo", "nvmeIoTimeout", "nvmeKeepAliveTmo", "nvmeNrIoQueues" ->
                    context.put(key, Integer.toString(number(key, value, 0, Integer.MAX_VALUE)));
                case "formatOptions", "overrideGlobalFormatOpts" -> context.put(key, value);
                case PVC_NAME, PVC_NAMESPACE, "csi.storage.k8s.io/pv/name" -> {}
                default -> {
                    if (!TopologyParameters.KEYS.contains(key)) throw unknown(key);
                }
            }
        }
        var shape = new VolumeShape(
                SizeRange.UNSAID,
                replicas,
                thin,
                new VolumePolicy(true),
                TopologyParameters.topology(parameters),
                Map.of(),
                grouped ? group(parameters) : null,
                maxSnapshots,
                clusterSize);
        return new ClassParameters(shape, context);
    }

    /// Volumes of one StatefulSet share a group: its claims are called `{template}-{set}-{ordinal}`.
    private static AffinityGroupId group(Map<String, String> parameters) {
        String name = parameters.get(PVC_NAME);
        String namespace = parameters.get(PVC_NAMESPACE);
        if (name == null || namespace == null) {
            throw new Refusal.Invalid(
                            "StorageClass parameter stsAffinityGroup is true, and the request names no claim",
                            "run the external-provisioner with --extra-create-metadata")
                    .exception();
        }
        return new AffinityGroupId(namespace + ":" + name.replaceFirst("-[0-9]+$", ""));
    }

    private static Integer number(String key, String value, int least, int most) {
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) return number;
        } catch (NumberFormatException notOne) {
            // Said below.
        }
        throw invalid(key, value, "give a whole number from %d to %d".formatted(least, most));
    }

    private static Bytes size(String key, String value) {
        try {
            long count = Long.parseLong(value);
            if (count >= 0) return Bytes.of(count);
        } catch (NumberFormatException notOne) {
            // Said below.
        }
        throw invalid(key, value, "give a number of bytes");
    }

    private static boolean truth(String key, String value) {
        oneOf(key, value, "true", "false");
        return value.equals("true");
    }

    private static void oneOf(String key, String value, String... allowed) {
        for (String each : allowed) {
            if (each.equals(value)) return;
        }
        throw invalid(key, value, "give " + String.join(" or ", allowed));
    }

    private static RuntimeException invalid(String key, String value, String remedy) {
        return new Refusal.Invalid("StorageClass parameter %s is '%s'".formatted(key, value), remedy).exception();
    }

    private static RuntimeException unknown(String key) {
        return new Refusal.Invalid(
                        "StorageClass parameter '%s' is not known".formatted(key),
                        "correct its spelling or leave it out; the usual ones are repl, thin, protocol and fsType")
                .exception();
    }
}
