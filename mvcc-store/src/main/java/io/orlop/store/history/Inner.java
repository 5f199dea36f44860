package io.orlop.store.history;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/// The way to the leaves.
/// ```
///   separators         /m      /t
///   children       ●  |    ●  |    ●
///             keys < /m   < /t    the rest
/// ```
/// The separators never change. A child is replaced in its place by one that holds the same span of keys, later;
/// whatever needs another span needs another parent.
final class Inner implements Node {
    private static final VarHandle CHILD = MethodHandles.arrayElementVarHandle(Node[].class);

    private final PackedKeys separators;
    private final Node[] children;

    Inner(PackedKeys separators, Node[] children) {
        assert separators.count() == children.length - 1;
        this.separators = separators;
        this.children = children;
    }

    static Inner over(Node left, byte[] separator, Node right) {
        return new Inner(PackedKeys.of(new byte[][] {separator}, 0, 1), new Node[] {left, right});
    }

    @Override
    public int size() {
        return children.length;
    }

    int placeOf(byte[] key) {
        int found = separators.find(key);
        return found >= 0 ? found + 1 : -1 - found;
    }

    Node child(int place) {
        return (Node) CHILD.getAcquire(children, place);
    }

    void replace(int place, Node child) {
        CHILD.setRelease(children, place, child);
    }

    /// The one between this child and the next.
    byte[] separator(int place) {
        return separators.key(place);
    }

    /// With two children in the place of one.
    Inner split(int place, Node left, byte[] separator, Node right) {
        Node[] more = new Node[children.length + 1];
        System.arraycopy(children, 0, more, 0, place);
        more[place] = left;
        more[place + 1] = right;
        System.arraycopy(children, place + 1, more, place + 2, children.length - place - 1);
        return new Inner(separators.with(place, separator), more);
    }

    /// With one child in the place of two.
    Inner merged(int place, Node child) {
        Node[] fewer = new Node[children.length - 1];
        System.arraycopy(children, 0, fewer, 0, place);
        fewer[place] = child;
        System.arraycopy(children, place + 2, fewer, place + 1, children.length - place - 2);
        byte[][] keys = separators.all();
        System.arraycopy(keys, place + 1, keys, place, keys.length - place - 1);
        return new Inner(PackedKeys.of(keys, 0, keys.length - 1), fewer);
    }

    Inner part(int from, int to) {
        return new Inner(PackedKeys.of(separators.all(), from, to - 1), Arrays.copyOfRange(children, from, to));
    }

    Inner joined(byte[] separator, Inner right) {
        byte[][] keys = Arrays.copyOf(separators.all(), children.length + right.separators.count());
        keys[children.length - 1] = separator;
        System.arraycopy(right.separators.all(), 0, keys, children.length, right.separators.count());
        Node[] all = Arrays.copyOf(children, children.length + right.children.length);
        System.arraycopy(right.children, 0, all, children.length, right.children.length);
        return new Inner(PackedKeys.of(keys, 0, keys.length), all);
    }
}
