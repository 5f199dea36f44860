package io.orlop.control.owner;

import io.orlop.control.keyspace.Fence;
import io.orlop.control.table.Table;
import java.time.Duration;
import java.util.List;

/// What an owner must know before it decides anything.
public interface Knowledge {
    List<Table<?, ?>> tables();

    /// Waits until the tables hold everything that was written before this leader's term began.
    ///
    /// @return whether they do
    /// @throws io.orlop.control.keyspace.StoreUnavailableException if the store cannot be asked now
    boolean catchUp(Fence fence, Duration atMost) throws InterruptedException;

    /// Waits until everything that can be observed is known as it is now. Where nobody tells in all that time, it is
    /// enough that everything has been heard of once.
    ///
    /// @return whether it is so
    boolean awaitObserved(Duration atMost) throws InterruptedException;

    /// Of somebody who decides by what is stored alone.
    static Knowledge of(List<Table<?, ?>> tables) {
        return new Knowledge() {
            @Override
            public List<Table<?, ?>> tables() {
                return tables;
            }

            @Override
            public boolean catchUp(Fence fence, Duration atMost) {
                tables.forEach(Table::refresh);
                return true;
            }

            @Override
            public boolean awaitObserved(Duration atMost) {
                return true;
            }
        };
    }
}
