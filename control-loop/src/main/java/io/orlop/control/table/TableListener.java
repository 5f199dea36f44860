package io.orlop.control.table;

/// Hears which keys of a table changed, and nothing else: whoever wants to know what is there now looks. Called where
/// the change was made or heard; must not block.
@FunctionalInterface
public interface TableListener<K> {
    void changed(K id);
}
