package io.orlop.store.proof;

import io.orlop.store.api.DeniedException;
import io.orlop.store.api.Operation;
import io.orlop.store.api.Outcome;
import io.orlop.store.engine.Model;
import io.orlop.store.proof.Call.Answer;
import io.orlop.store.proof.Call.Request;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The whole store: every answer with its revision, all keys, all history.
final class StoreInSequence implements Sequential<Model> {
    private final Model start;

    StoreInSequence(Model start) {
        this.start = start;
    }

    @Override
    public Model start() {
        return start;
    }

    @Override
    public @Nullable Model after(Model state, Call call) {
        return switch (call.answer()) {
            case Answer.Done(Outcome outcome) -> {
                if (outcome.revision() != state.revision() && outcome.revision() != state.revision() + 1) yield null;
                Step step = step(state, call.request());
                yield outcome.equals(step.result) ? step.state : null;
            }
            case Answer.Refused(var why) -> why.equals(step(state, call.request()).result) ? state : null;
            case Answer.Compacted() -> {
                Step step = step(state, call.request());
                yield step.result instanceof Answer.Compacted ? step.state : null;
            }
            case Answer.Unknown() -> {
                Step step = step(state, call.request());
                yield step.state == state ? null : step.state;
            }
        };
    }

    /// @param result an outcome, a denial, or that it was compacted
    private record Step(Model state, Object result) {}

    private static Step step(Model state, Request request) {
        try {
            return switch (request) {
                case Request.Do(Operation operation) -> {
                    Model after = operation instanceof Operation.Range ? state : state.copy();
                    Outcome outcome = after.apply(operation);
                    yield new Step(after.revision() == state.revision() ? state : after, outcome);
                }
                case Request.Compact(long revision) -> {
                    Model after = state.copy();
                    after.compact(revision);
                    yield new Step(after, new Answer.Compacted());
                }
            };
        } catch (DeniedException denied) {
            return new Step(state, denied.denial());
        }
    }

    @Override
    public boolean isTooLate(Model state, Call call) {
        return call.answer() instanceof Answer.Done(Outcome outcome) && outcome.revision() < state.revision();
    }

    @Override
    public Object fingerprint(Model state) {
        return List.of(state.revision(), state.compacted(), state.events());
    }
}
