package io.orlop.dataplane.nvme.target;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.dataplane.nvme.namespace.AnaState;
import io.orlop.dataplane.nvme.wire.Limits;
import io.orlop.model.AllowedHost;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/// How a device shall be served. All paths to one volume must agree in name, uuid, serial and model, and must not
/// share controller ids, or a host refuses to see one device behind them: hence the range.
public record SubsystemSpec(
        String nqn,
        BlockDevice device,
        UUID uuid,
        String serial,
        String model,
        int firstController,
        int lastController,
        List<AllowedHost> allowedHosts,
        AnaState ana) {
    private static final String MODEL = "Mayastor NVMe controller";
    private static final int LAST_CONTROLLER = 0xFFEF;

    public SubsystemSpec {
        if (nqn.isEmpty() || nqn.length() > Limits.NQN_LENGTH) {
            throw new IllegalArgumentException("an NQN has 1 to 223 characters: '" + nqn + "'");
        }
        if (firstController < 1 || lastController > LAST_CONTROLLER || firstController > lastController) {
            throw new IllegalArgumentException("controller ids %d to %d of %s are not within 1 to 65519"
                    .formatted(firstController, lastController, nqn));
        }
        allowedHosts = List.copyOf(allowedHosts);
    }

    /// Served to everybody, with the identity that Mayastor gives a device of this uuid.
    public static SubsystemSpec of(String nqn, BlockDevice device, UUID uuid) {
        return new SubsystemSpec(
                nqn, device, uuid, serial(uuid), MODEL, 1, LAST_CONTROLLER, List.of(), AnaState.OPTIMIZED);
    }

    public SubsystemSpec withControllers(int first, int last) {
        return new SubsystemSpec(nqn, device, uuid, serial, model, first, last, allowedHosts, ana);
    }

    public SubsystemSpec withAllowedHosts(List<AllowedHost> hosts) {
        return new SubsystemSpec(nqn, device, uuid, serial, model, firstController, lastController, hosts, ana);
    }

    public SubsystemSpec withAna(AnaState state) {
        return new SubsystemSpec(
                nqn, device, uuid, serial, model, firstController, lastController, allowedHosts, state);
    }

    /// Twenty characters that follow from the uuid, so that every path says the same.
    private static String serial(UUID uuid) {
        byte[] bytes = ByteBuffer.allocate(16)
                .putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits())
                .array();
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
            return "DCS"
                    + HexFormat.of().formatHex(hash).toUpperCase(Locale.ROOT).substring(0, 17);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
