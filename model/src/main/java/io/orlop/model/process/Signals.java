package io.orlop.model.process;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.Consumer;

/// The signals that ask a process to end.
///
/// The JDK's class for them has no name that a compiler lets pass without a warning, so it is asked for at run time. A
/// signal that whoever started us wants ignored (a shell does, with SIGINT for its background jobs) stays ignored: the
/// virtual machine sees to that.
final class Signals {
    private static final List<String> ASKING_TO_END = List.of("INT", "TERM", "HUP");

    private Signals() {}

    /// From now on each of them is told to somebody, by its name, on a thread of its own. With `-Xrs` none is: the
    /// operating system ends the process by itself then.
    static void tell(Consumer<String> listener) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(
                    handler.getClassLoader(), new Class<?>[] {handler}, (self, method, arguments) -> {
                        switch (method.getName()) {
                            case "handle" -> listener.accept(name(signal, arguments[0]));
                            case "equals" -> {
                                return self == arguments[0];
                            }
                            case "hashCode" -> {
                                return System.identityHashCode(self);
                            }
                            default -> {
                                return "who asks this process to end";
                            }
                        }
                        return null;
                    });
            for (String name : ASKING_TO_END) handle(signal, handler, name, proxy);
        } catch (ReflectiveOperationException elsewhere) {
            // A virtual machine without that class does what it always did.
        }
    }

    /// Ends this process by a signal, as if nobody listened to it. Returns where that is not possible: the first
    /// process of a container outlives each signal that it does not handle, and not everybody may call the
    /// operating system.
    static void endBy(String name) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            handle(signal, handler, name, handler.getField("SIG_DFL").get(null));
            int number = (int) signal.getMethod("getNumber").invoke(of(signal, name));
            send(number);
        } catch (Throwable impossible) {
            // Whoever called ends the process in another way.
        }
    }

    /// To ourselves. The JDK refuses to raise what nobody handles.
    @SuppressWarnings("restricted")
    private static void send(int number) throws Throwable {
        Linker linker = Linker.nativeLinker();
        MethodHandle raise = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("raise"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        int _ = (int) raise.invokeExact(number);
    }

    private static void handle(Class<?> signal, Class<?> handler, String name, Object by)
            throws ReflectiveOperationException {
        try {
            signal.getMethod("handle", signal, handler).invoke(null, of(signal, name), by);
        } catch (InvocationTargetException reserved) {
            if (!(reserved.getCause() instanceof IllegalArgumentException)) throw reserved;
        }
    }

    private static Object of(Class<?> signal, String name) throws ReflectiveOperationException {
        return signal.getConstructor(String.class).newInstance(name);
    }

    private static String name(Class<?> signal, Object instance) throws ReflectiveOperationException {
        return (String) signal.getMethod("getName").invoke(instance);
    }
}
