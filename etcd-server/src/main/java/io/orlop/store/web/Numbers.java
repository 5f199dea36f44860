package io.orlop.store.web;

import com.google.gson.JsonElement;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Map;

/// Looks for numbers that are none. protobuf's parser works for minutes on a text of a million digits, before it says
/// that it is too large, and nobody has to have logged in for that.
final class Numbers {
    /// More than any that is one, with a fraction and an exponent.
    private static final int CHARACTERS_MAX = 64;

    private Numbers() {}

    /// @throws InvalidProtocolBufferException if a number of this message, or of one in it, is longer than any is
    static void check(JsonElement element, Descriptor type) throws InvalidProtocolBufferException {
        if (!element.isJsonObject()) return;
        for (Map.Entry<String, JsonElement> entry : element.getAsJsonObject().entrySet()) {
            for (FieldDescriptor field : type.getFields()) {
                boolean named = field.getName().equals(entry.getKey())
                        || field.getJsonName().equals(entry.getKey());
                if (named) check(entry.getValue(), field);
            }
        }
    }

    private static void check(JsonElement value, FieldDescriptor field) throws InvalidProtocolBufferException {
        if (value.isJsonArray()) {
            for (JsonElement one : value.getAsJsonArray()) check(one, field);
            return;
        }
        switch (field.getJavaType()) {
            case MESSAGE -> check(value, field.getMessageType());
            case INT, LONG, FLOAT, DOUBLE, ENUM -> {
                if (value.isJsonPrimitive() && value.getAsString().length() > CHARACTERS_MAX) {
                    throw new InvalidProtocolBufferException("invalid value for field " + field.getName());
                }
            }
            case BOOLEAN, STRING, BYTE_STRING -> {}
        }
    }
}
