package io.orlop.wire.json;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.orlop.model.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.jsontype.NamedType;
import tools.jackson.databind.util.NameTransformer;

/// Reads what the model's types say by being sealed, enums or shapes, so that the model needs no annotations and a new
/// case no second list.
final class ModelIntrospector extends JacksonAnnotationIntrospector {
    @Override
    public JsonTypeInfo.@Nullable Value findPolymorphicTypeInfo(MapperConfig<?> config, Annotated annotated) {
        if (annotated instanceof AnnotatedClass type && sealedChoice(type.getRawType())) {
            return JsonTypeInfo.Value.construct(
                    JsonTypeInfo.Id.NAME, JsonTypeInfo.As.WRAPPER_OBJECT, null, null, false, true);
        }
        return super.findPolymorphicTypeInfo(config, annotated);
    }

    @Override
    public @Nullable List<NamedType> findSubtypes(MapperConfig<?> config, Annotated annotated) {
        Class<?> raw = annotated.getRawType();
        if (!sealedChoice(raw)) return super.findSubtypes(config, annotated);
        var cases = new ArrayList<NamedType>();
        for (Class<?> permitted : raw.getPermittedSubclasses()) {
            cases.add(new NamedType(permitted, permitted.getSimpleName()));
        }
        return cases;
    }

    @Override
    public @Nullable String findTypeName(MapperConfig<?> config, AnnotatedClass type) {
        return caseOfSealedChoice(type.getRawType())
                ? type.getRawType().getSimpleName()
                : super.findTypeName(config, type);
    }

    /// A shape's fields stand beside those of the record that holds it.
    @Override
    public @Nullable NameTransformer findUnwrappingNameTransformer(MapperConfig<?> config, AnnotatedMember member) {
        return Shape.class.isAssignableFrom(member.getRawType())
                ? NameTransformer.NOP
                : super.findUnwrappingNameTransformer(config, member);
    }

    @Override
    public String[] findEnumValues(MapperConfig<?> config, AnnotatedClass type, Enum<?>[] constants, String[] names) {
        for (int i = 0; i < constants.length; i++) {
            names[i] = CamelCase.of(constants[i]);
        }
        return names;
    }

    private static boolean sealedChoice(Class<?> type) {
        return type.isSealed() && type.isInterface();
    }

    private static boolean caseOfSealedChoice(Class<?> type) {
        for (Class<?> parent : type.getInterfaces()) {
            if (sealedChoice(parent)) return true;
        }
        return false;
    }
}
