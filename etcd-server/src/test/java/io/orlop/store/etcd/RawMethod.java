package io.orlop.store.etcd;

import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/// A method whose messages are bytes: for those who send what is no message.
final class RawMethod implements MethodDescriptor.Marshaller<byte[]> {
    private RawMethod() {}

    /// @param name as in `etcdserverpb.KV/Put`
    static MethodDescriptor<byte[], byte[]> of(String name, MethodDescriptor.MethodType type) {
        RawMethod bytes = new RawMethod();
        return MethodDescriptor.newBuilder(bytes, bytes)
                .setType(type)
                .setFullMethodName(name)
                .build();
    }

    @Override
    public InputStream stream(byte[] value) {
        return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
        try {
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
