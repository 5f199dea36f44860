package io.orlop.store.etcd;

import com.google.protobuf.CodedOutputStream;
import io.orlop.store.api.Event;
import io.orlop.store.proto.etcdserverpb.WatchResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/// The events of the hub's last piece as they go over the wire: encoded for the first watcher, the same bytes for the
/// others. The hub's thread alone.
final class SharedEvents {
    private List<Event> last = List.of();
    private byte[] encoded = new byte[0];

    byte[] encode(List<Event> events) {
        if (events == last) return encoded;
        List<io.orlop.store.proto.mvccpb.Event> wire = new ArrayList<>(events.size());
        int size = 0;
        for (Event event : events) {
            var one = Encoding.event(event);
            wire.add(one);
            size += CodedOutputStream.computeMessageSize(WatchResponse.EVENTS_FIELD_NUMBER, one);
        }
        byte[] bytes = new byte[size];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            for (var one : wire) out.writeMessage(WatchResponse.EVENTS_FIELD_NUMBER, one);
        } catch (IOException e) {
            throw new UncheckedIOException("a message is larger than it said", e);
        }
        last = events;
        encoded = bytes;
        return bytes;
    }
}
