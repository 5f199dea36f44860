package io.orlop.store.bolt;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// A page that is being filled, keys in order.
final class Node {
    /// With one page below each branch, there would be as many branches above as below, and no root.
    private static final int BELOW_MIN = 2;

    private final int kind;
    private final List<Element> elements = new ArrayList<>();
    private int bytes = Pages.HEAD_BYTES;

    /// @param kind [Pages#LEAF] or [Pages#BRANCH]
    Node(int kind) {
        this.kind = kind;
    }

    int count() {
        return elements.size();
    }

    Element first() {
        return elements.getFirst();
    }

    Element last() {
        return elements.getLast();
    }

    /// Whether it goes into the page; the first always does, and of a branch also the second, and they take as many
    /// pages as they need.
    boolean hasRoomFor(Element element) {
        return count() < (kind == Pages.BRANCH ? BELOW_MIN : 1)
                || bytes + Pages.ELEMENT_BYTES + element.bytes() <= Pages.PAGE_BYTES;
    }

    void add(Element element) {
        elements.add(element);
        bytes = Math.addExact(bytes, Pages.ELEMENT_BYTES + element.bytes());
    }

    /// How many pages it takes.
    int pages() {
        return (bytes - 1) / Pages.PAGE_BYTES + 1;
    }

    byte[] encode(long page) {
        ByteBuffer buffer = ByteBuffer.allocate(pages() * Pages.PAGE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(page).putShort((short) kind).putShort((short) count()).putInt(pages() - 1);
        int rest = Pages.HEAD_BYTES + count() * Pages.ELEMENT_BYTES;
        for (Element element : elements) {
            int at = rest - buffer.position();
            switch (element) {
                case Element.Row(byte[] key, byte[] value) -> putLeaf(buffer, 0, at, key, value);
                case Element.Bucket(byte[] key, byte[] value) -> putLeaf(buffer, Pages.IS_BUCKET, at, key, value);
                case Element.Child(byte[] key, long child) -> {
                    buffer.putInt(at).putInt(key.length).putLong(child);
                    buffer.put(rest, key);
                }
            }
            rest += element.bytes();
        }
        return buffer.array();
    }

    private static void putLeaf(ByteBuffer buffer, int flags, int at, byte[] key, byte[] value) {
        buffer.put(buffer.position() + at, key).put(buffer.position() + at + key.length, value);
        buffer.putInt(flags).putInt(at).putInt(key.length).putInt(value.length);
    }
}
