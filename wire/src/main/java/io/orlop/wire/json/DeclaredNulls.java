package io.orlop.wire.json;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedParameter;
import tools.jackson.databind.introspect.NopAnnotationIntrospector;

/// A record's component may be `null`, or missing, where it is declared `@Nullable`, and nowhere else: what is read is
/// what its type says, and whoever uses it meets no `null` by surprise. A list or a map that is missing is empty, as an
/// older version may not have written it yet; what it holds is never `null`.
public final class DeclaredNulls extends NopAnnotationIntrospector {
    @Override
    public JsonSetter.Value findSetterInfo(MapperConfig<?> config, Annotated annotated) {
        return annotated instanceof AnnotatedParameter component
                ? JsonSetter.Value.construct(ofItself(component), Nulls.FAIL)
                : JsonSetter.Value.empty();
    }

    private static Nulls ofItself(AnnotatedParameter component) {
        Class<?> type = component.getRawType();
        if (isNullable(component)) return Nulls.SET;
        return Collection.class.isAssignableFrom(type) || Map.class.isAssignableFrom(type)
                ? Nulls.AS_EMPTY
                : Nulls.FAIL;
    }

    private static boolean isNullable(AnnotatedParameter component) {
        return component.getOwner().getAnnotated() instanceof java.lang.reflect.Executable constructor
                && constructor.getAnnotatedParameterTypes()[component.getIndex()].isAnnotationPresent(Nullable.class);
    }
}
