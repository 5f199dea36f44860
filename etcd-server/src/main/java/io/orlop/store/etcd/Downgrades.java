package io.orlop.store.etcd;

import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.proto.etcdserverpb.DowngradeInfo;
import io.orlop.store.proto.etcdserverpb.DowngradeRequest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What etcd's tools ask before they go back to an older etcd. The store answers as etcd does; its files are its own
/// and no etcd's, so what really goes back is `store mirror`, to an etcd of any version. An intent is forgotten with a
/// restart.
final class Downgrades {
    /// What all members together can do; a downgrade leads one minor version below it.
    static final String CLUSTER_VERSION = "3.6.0";

    private static final String LOWER_VERSION = "3.5.0";
    private static final Pattern FORM = Pattern.compile("(\\d+)\\.(\\d+)(?:\\.\\d+)?(?:[-+].*)?");

    private String target = "";

    synchronized DowngradeInfo info() {
        return DowngradeInfo.newBuilder()
                .setEnabled(!target.isEmpty())
                .setTargetVersion(target)
                .build();
    }

    synchronized void apply(DowngradeRequest request) {
        switch (request.getAction()) {
            case VALIDATE -> validated(request.getVersion());
            case ENABLE -> target = validated(request.getVersion());
            case CANCEL -> {
                if (target.isEmpty()) throw new DeniedException(Denial.DOWNGRADE_NONE);
                target = "";
            }
            case UNRECOGNIZED -> throw new DeniedException(Denial.UNKNOWN_METHOD);
        }
    }

    private String validated(String version) {
        Matcher matcher = FORM.matcher(version);
        if (!matcher.matches()) throw new DeniedException(Denial.DOWNGRADE_VERSION_FORMAT);
        String wanted = matcher.group(1) + "." + matcher.group(2) + ".0";
        if (!wanted.equals(LOWER_VERSION)) throw new DeniedException(Denial.DOWNGRADE_VERSION_INVALID);
        if (!target.isEmpty()) throw new DeniedException(Denial.DOWNGRADE_RUNNING);
        return wanted;
    }
}
