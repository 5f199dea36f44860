package io.orlop.csi;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import io.orlop.stubs.csi.v1.OptionsProto;
import java.util.List;

/// A message as it may be logged: nothing of what CSI marks as secret, and no mount flags, which may hold passwords.
final class Redaction {
    private static final String MOUNT_FLAGS = "mount_flags";

    private Redaction() {}

    static String text(Message message) {
        return TextFormat.printer().emittingSingleLine(true).printToString(redacted(message));
    }

    private static Message redacted(Message message) {
        var builder = message.toBuilder();
        message.getAllFields().forEach((field, value) -> {
            if (confidential(field)) {
                builder.clearField(field);
            } else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !field.isMapField()) {
                if (value instanceof List<?> list) {
                    builder.setField(
                            field,
                            list.stream()
                                    .map(element -> redacted((Message) element))
                                    .toList());
                } else {
                    builder.setField(field, redacted((Message) value));
                }
            }
        });
        return builder.build();
    }

    private static boolean confidential(FieldDescriptor field) {
        return field.getOptions().getExtension(OptionsProto.csiSecret)
                || field.getName().equals(MOUNT_FLAGS);
    }
}
