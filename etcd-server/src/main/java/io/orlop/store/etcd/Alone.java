package io.orlop.store.etcd;

import io.orlop.store.door.Door;
import io.orlop.store.engine.Patience;

/// A thread of the door has patience as long as it serves one client, who waits for one answer.
enum Alone implements Patience {
    INSTANCE;

    @Override
    public boolean begin() {
        return Door.leave();
    }

    @Override
    public void end() {
        Door.comeBack();
    }
}
