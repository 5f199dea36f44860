package io.orlop.store.proof;

import io.orlop.store.api.DeniedException;
import io.orlop.store.api.Event;
import io.orlop.store.api.Operation;
import io.orlop.store.api.Outcome;
import io.orlop.store.engine.Model;
import io.orlop.store.proof.Call.Answer;
import io.orlop.store.proof.Call.Request;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The whole store: every answer with its revision, all keys, all history.
final class StoreInSequence implements Sequential<Model> {
    private final Model start;
    private final Map<Long, Set<Event>> heard;

    StoreInSequence(Model start) {
        this(start, Map.of());
    }

    /// @param heard what somebody heard of each revision, without the keys before: of several changes whose outcome no
    ///     caller knows, it may tell which came first
    StoreInSequence(Model start, Map<Long, Set<Event>> heard) {
        this.start = start;
        this.heard = heard;
    }

    @Override
    public Model start() {
        return start;
    }

    @Override
    public @Nullable Model after(Model state, Call call) {
        Model after = answered(state, call);
        return after == null || after.revision() == state.revision() || wasHeard(after) ? after : null;
    }

    private boolean wasHeard(Model state) {
        List<Event> happened = state.events().lastEntry().getValue();
        Set<Event> told = heard.getOrDefault(state.revision(), Set.of());
        return happened.stream().map(Event::withoutPrevious).toList().containsAll(told);
    }

    private static @Nullable Model answered(Model state, Call call) {
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
        return call.answer() instanceof Answer.Done(Outcome outcome)
                && outcome.revision() < state.revision() + (changed(outcome) ? 1 : 0);
    }

    private static boolean changed(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Put _ -> true;
            case Outcome.Deleted deleted -> deleted.count() > 0;
            case Outcome.Txn txn -> txn.outcomes().stream().anyMatch(StoreInSequence::changed);
            case Outcome.Ranged _ -> false;
        };
    }

    @Override
    public Object fingerprint(Model state) {
        long all = 0;
        for (List<Event> events : state.events().values()) all = all * 0x9E3779B97F4A7C15L + events.hashCode();
        return List.of(state.revision(), state.compacted(), all);
    }
}
