package io.orlop.store.history;

import io.orlop.store.api.KeyRange;
import java.util.Iterator;
import java.util.NoSuchElementException;

/// Goes through the histories of some keys in order, once.
public final class KeyWalk implements Iterator<KeyHistory> {
    private final KeyIndex index;
    private final KeyRange keys;
    private final Way way = new Way();
    private Leaf leaf;
    private int at;
    private int end;

    KeyWalk(KeyIndex index, KeyRange keys, Node root) {
        this.index = index;
        this.keys = keys;
        byte[] from = keys.from().array();
        way.descend(root, from);
        leaf = way.leaf();
        int found = leaf.keys.find(from);
        at = found >= 0 ? found : -1 - found;
        if (keys.isSingle()) end = found >= 0 ? at + 1 : at;
        else if (keys.isNothing()) end = at;
        else end = endIn(leaf);
    }

    private int endIn(Leaf some) {
        if (keys.isOpen()) return some.size();
        int found = some.keys.find(keys.to().array());
        return found >= 0 ? found : -1 - found;
    }

    @Override
    public boolean hasNext() {
        return at < end || nextLeaf();
    }

    /// The next leaf that has keys of ours. A leaf that ends before its keys do was the last.
    private boolean nextLeaf() {
        while (end == leaf.size() && !keys.isSingle() && !keys.isNothing() && way.next()) {
            leaf = way.leaf();
            at = 0;
            end = endIn(leaf);
            if (at < end) return true;
        }
        return false;
    }

    @Override
    public KeyHistory next() {
        if (!hasNext()) throw new NoSuchElementException();
        return new KeyHistory(index, leaf, at++);
    }

    /// Goes on until there are as many rows as there is room for, or no more keys.
    public void fill(Rows rows) {
        while (!rows.isFull() && hasNext()) {
            while (!rows.isFull() && at < end) rows.addIfAlive(leaf, at++);
        }
    }

    /// Goes through the rest and counts the keys that are alive at this revision.
    public long countAliveAt(long revision) {
        long alive = 0;
        while (hasNext()) {
            for (; at < end; at++) if (KeyHistory.isAliveAt(index, leaf, at, revision)) alive++;
        }
        return alive;
    }
}
