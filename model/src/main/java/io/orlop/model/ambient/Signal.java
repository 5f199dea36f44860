package io.orlop.model.ambient;

import java.time.Duration;

/// Something that one thread raises and another waits for. Raised once, it lets one wait through and is down again;
/// raising it twice before anybody waits is raising it once.
public interface Signal {
    void raise();

    /// Waits until the signal is raised, and takes it down.
    void await() throws InterruptedException;

    /// Waits until the signal is raised or the time has passed.
    ///
    /// @return whether it was raised; then it is down again
    boolean await(Duration atMost) throws InterruptedException;
}
