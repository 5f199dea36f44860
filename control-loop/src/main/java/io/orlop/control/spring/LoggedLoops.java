package io.orlop.control.spring;

import io.orlop.control.loop.LoopObserver;
import io.orlop.model.RefusalException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says in the log what a loop could not do: a refusal in a line, what nobody expected with its stack.
public final class LoggedLoops implements LoopObserver {
    private static final Logger LOG = LoggerFactory.getLogger("io.orlop.reconcile");

    @Override
    public void failed(String loop, Object id, Throwable thrown, int failuresInRow, Duration pause) {
        if (thrown instanceof RefusalException refused) {
            LOG.info("{} {}: {}; again in {}", loop, id, refused.getMessage(), pause);
        } else {
            LOG.warn("{} {} failed, {} in a row; again in {}", loop, id, failuresInRow, pause, thrown);
        }
    }

    @Override
    public void missed(String loop, Object id) {
        LOG.warn("{} {} was amiss and nobody had woken it", loop, id);
    }
}
