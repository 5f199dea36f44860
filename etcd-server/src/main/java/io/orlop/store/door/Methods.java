package io.orlop.store.door;

import io.grpc.BindableService;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.netty.util.AsciiString;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What can be called, by the names under which it is called.
public final class Methods {
    private final Map<CharSequence, Method<?, ?>> byPath = new HashMap<>();
    private final Map<String, Method<?, ?>> byName = new LinkedHashMap<>();
    private final Set<String> services = new TreeSet<>();

    private final boolean timed;

    private Methods(boolean timed) {
        this.timed = timed;
    }

    public static Methods of(List<? extends BindableService> services) {
        return of(services, false);
    }

    /// @param timed whether it is measured how long each call takes
    public static Methods of(List<? extends BindableService> services, boolean timed) {
        Methods methods = new Methods(timed);
        for (BindableService service : services) {
            ServerServiceDefinition definition = service.bindService();
            methods.services.add(definition.getServiceDescriptor().getName());
            for (ServerMethodDefinition<?, ?> method : definition.getMethods()) methods.add(method);
        }
        return methods;
    }

    private <Q, R> void add(ServerMethodDefinition<Q, R> definition) {
        Method<Q, R> method = new Method<>(definition, timed);
        byName.put(method.name(), method);
        byPath.put(AsciiString.of("/" + method.name()), method);
    }

    /// @param path as the wire has it: `/package.Service/Method`
    @Nullable
    Method<?, ?> at(CharSequence path) {
        return byPath.get(AsciiString.of(path));
    }

    /// @param name `package.Service/Method`
    public @Nullable Method<?, ?> named(String name) {
        return byName.get(name);
    }

    boolean hasService(String name) {
        return services.contains(name);
    }

    public Collection<Method<?, ?>> all() {
        return byName.values();
    }
}
