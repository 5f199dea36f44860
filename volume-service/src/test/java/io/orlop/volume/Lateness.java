package io.orlop.volume;

import io.orlop.control.keyspace.AlteredChanges;
import io.orlop.control.keyspace.Changes;
import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.Layout;
import io.orlop.control.keyspace.Listing;
import io.orlop.control.keyspace.WatchListener;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Objects;

/// A watch that, for a while, tells nothing of what nexuses left.
final class Lateness {
    volatile boolean late;

    Keyspace of(Keyspace real) {
        return (Keyspace) Proxy.newProxyInstance(
                Keyspace.class.getClassLoader(), new Class<?>[] {Keyspace.class}, (_, method, arguments) -> {
                    if (method.getName().equals("watch")) {
                        Object[] given = Objects.requireNonNull(arguments);
                        return real.watch(
                                (Listing) given[0],
                                new AlteredChanges((WatchListener) given[1], this::withoutWhatIsLate));
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause() == null ? thrown : thrown.getCause();
                    }
                });
    }

    private Changes withoutWhatIsLate(Changes changes) {
        if (!late) return changes;
        return new Changes(
                changes.events().stream()
                        .filter(event -> !event.key().startsWith(Layout.DEFAULT.nexusInfos()))
                        .toList(),
                changes.revision());
    }
}
