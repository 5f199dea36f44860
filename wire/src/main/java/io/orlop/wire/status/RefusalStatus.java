package io.orlop.wire.status;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.wire.json.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// How each refusal is said in gRPC and in REST v0, and how a gRPC status is understood. The one place that knows.
///
/// @param kind what `RestJsonError.kind` says
public record RefusalStatus(Status.Code grpc, int http, String kind) {
    /// Between our own services the refusal itself travels beside the status, so that no case is lost on the way.
    private static final Metadata.Key<byte[]> REFUSAL =
            Metadata.Key.of("orlop-refusal-bin", Metadata.BINARY_BYTE_MARSHALLER);

    /// All that travels with a status has to fit into 8 KiB, or nothing of it arrives: bytes as they travel, of which
    /// the refusal beside it takes four for three.
    private static final int LONGEST_STATUS = 2000;

    private static final int LARGEST_REFUSAL = 3 << 10;

    private static final int LONGEST_TEXT = 1000;

    /// How gRPC's Java receivers refuse a message.
    private static final String TOO_LARGE = "gRPC message exceeds maximum size";

    public static RefusalStatus of(Refusal refusal) {
        return switch (refusal) {
            case Refusal.NotFound _ -> new RefusalStatus(Status.Code.NOT_FOUND, 404, "NotFound");
            case Refusal.AlreadyExists _ -> new RefusalStatus(Status.Code.ALREADY_EXISTS, 422, "AlreadyExists");
            case Refusal.Differs _ -> new RefusalStatus(Status.Code.ALREADY_EXISTS, 409, "Conflict");
            case Refusal.Invalid _ -> new RefusalStatus(Status.Code.INVALID_ARGUMENT, 400, "InvalidArgument");
            case Refusal.Conflict _ -> new RefusalStatus(Status.Code.ABORTED, 409, "Conflict");
            case Refusal.InUse _ -> new RefusalStatus(Status.Code.FAILED_PRECONDITION, 409, "InUse");
            case Refusal.Deleting _ -> new RefusalStatus(Status.Code.FAILED_PRECONDITION, 409, "Deleting");
            case Refusal.FailedPrecondition _ ->
                new RefusalStatus(Status.Code.FAILED_PRECONDITION, 412, "FailedPrecondition");
            case Refusal.NotPublished _ -> new RefusalStatus(Status.Code.FAILED_PRECONDITION, 412, "NotPublished");
            case Refusal.AlreadyPublished _ ->
                new RefusalStatus(Status.Code.FAILED_PRECONDITION, 412, "AlreadyPublished");
            case Refusal.NotShared _ -> new RefusalStatus(Status.Code.FAILED_PRECONDITION, 412, "NotShared");
            case Refusal.AlreadyShared _ -> new RefusalStatus(Status.Code.FAILED_PRECONDITION, 412, "AlreadyShared");
            case Refusal.OutOfCapacity _ -> new RefusalStatus(Status.Code.RESOURCE_EXHAUSTED, 507, "ResourceExhausted");
            case Refusal.OutOfRange _ -> new RefusalStatus(Status.Code.OUT_OF_RANGE, 416, "OutOfRange");
            case Refusal.NotAcceptable _ -> new RefusalStatus(Status.Code.FAILED_PRECONDITION, 406, "NotAcceptable");
            case Refusal.PermissionDenied _ ->
                new RefusalStatus(Status.Code.PERMISSION_DENIED, 401, "PermissionDenied");
            case Refusal.Unavailable _ -> new RefusalStatus(Status.Code.UNAVAILABLE, 503, "Unavailable");
            case Refusal.NotLeader _ -> new RefusalStatus(Status.Code.UNAVAILABLE, 503, "Unavailable");
            case Refusal.Aborted _ -> new RefusalStatus(Status.Code.ABORTED, 503, "Aborted");
            case Refusal.TimedOut _ -> new RefusalStatus(Status.Code.DEADLINE_EXCEEDED, 504, "DeadlineExceeded");
            case Refusal.FailedPersist _ -> new RefusalStatus(Status.Code.UNAVAILABLE, 507, "FailedPersist");
            case Refusal.Unimplemented _ -> new RefusalStatus(Status.Code.UNIMPLEMENTED, 501, "Unimplemented");
            case Refusal.Failed _ -> new RefusalStatus(Status.Code.INTERNAL, 500, "Internal");
        };
    }

    /// What a server of ours answers with.
    public static StatusRuntimeException exception(Refusal refusal) {
        var trailers = new Metadata();
        trailers.put(REFUSAL, carried(refusal));
        return of(refusal)
                .grpc()
                .toStatus()
                .withDescription(Beginning.inStatus(refusal.text(), LONGEST_STATUS))
                .asRuntimeException(trailers);
    }

    /// A refusal that explains itself at length (every pool, and why not) arrives with the beginning of it.
    private static byte[] carried(Refusal refusal) {
        byte[] whole = Json.mapper().writerFor(Refusal.class).writeValueAsBytes(refusal);
        if (whole.length <= LARGEST_REFUSAL) return whole;
        JsonNode choice = Json.mapper().readTree(whole);
        for (JsonNode fields : choice) {
            if (!(fields instanceof ObjectNode texts)) continue;
            for (String name : List.copyOf(texts.propertyNames())) {
                JsonNode text = texts.get(name);
                if (text.isString()) texts.put(name, Beginning.inJson(text.asString(), LONGEST_TEXT));
            }
        }
        return Json.mapper().writeValueAsBytes(choice);
    }

    /// What a client of ours understands of anybody's answer.
    ///
    /// @param peer who answered, for the text where the answer has none
    /// @return a [NoAnswerException] where the line or our limit spoke, and not the peer; a
    ///     [CallerGoneException] if whoever asked us left
    public static RefusalException understood(String peer, Throwable answer) {
        return understood(peer, answer, false);
    }

    /// What a client of ours understands of a service of ours. It sends its refusal beside the status, so that a bare
    /// `RESOURCE_EXHAUSTED` is the transport's and says nothing of pools.
    public static RefusalException understoodOfOurs(String peer, Throwable answer) {
        return understood(peer, answer, true);
    }

    private static RefusalException understood(String peer, Throwable answer, boolean ours) {
        return switch (answer) {
            case StatusRuntimeException known -> understood(peer, known.getStatus(), known.getTrailers(), ours);
            case StatusException known -> understood(peer, known.getStatus(), known.getTrailers(), ours);
            default ->
                new Refusal.Failed(peer + " failed: " + answer, "look into its log; this is a bug of ours or of its")
                        .exception();
        };
    }

    private static RefusalException understood(String peer, Status status, @Nullable Metadata trailers, boolean ours) {
        byte[] sent = trailers == null ? null : trailers.get(REFUSAL);
        if (sent != null) {
            try {
                return Json.mapper().readValue(sent, Refusal.class).exception();
            } catch (JacksonException newerThanWe) {
                // A case that this version does not know: its status still says enough.
            }
        }
        String said = said(peer, status);
        return switch (status.getCode()) {
            case DEADLINE_EXCEEDED, CANCELLED ->
                CallerGoneException.isCallerGone()
                        ? new CallerGoneException(new Refusal.TimedOut(
                                "whoever asked did not wait for " + peer,
                                "look whether it happened, and try again with more time"))
                        : unanswered(of(status.getCode(), said));
            case RESOURCE_EXHAUSTED -> exhausted(status, said, ours && sent == null);
            default -> unanswered(of(status.getCode(), said));
        };
    }

    private static RefusalException unanswered(Refusal meant) {
        return switch (meant) {
            case Refusal.Unavailable _, Refusal.TimedOut _ -> new NoAnswerException(meant);
            default -> meant.exception();
        };
    }

    private static RefusalException exhausted(Status status, String said, boolean transport) {
        if (tooLarge(status)) return new Refusal.Failed(said, "ask for fewer at a time").exception();
        return transport
                ? new NoAnswerException(new Refusal.Unavailable(said, "try again in a few seconds"))
                : of(status.getCode(), said).exception();
    }

    private static boolean tooLarge(Status status) {
        return status.getDescription() != null && status.getDescription().startsWith(TOO_LARGE);
    }

    /// A line that does not stand has a cause that only we know: which address refused us.
    private static String said(String peer, Status status) {
        String description = status.getDescription();
        Throwable cause = status.getCause();
        if (status.getCode() == Status.Code.UNAVAILABLE && cause != null) {
            return "%s cannot be reached: %s".formatted(peer, cause.getMessage());
        }
        return description == null ? peer + " answered " + status.getCode() : description + " (" + peer + ")";
    }

    private static Refusal of(Status.Code code, String said) {
        return switch (code) {
            case NOT_FOUND -> new Refusal.NotFound(said, "check its name");
            case ALREADY_EXISTS -> new Refusal.AlreadyExists(said, "use what is there, or another name");
            case INVALID_ARGUMENT -> new Refusal.Invalid(said, "correct the request");
            case FAILED_PRECONDITION -> new Refusal.FailedPrecondition(said, "bring it into the state it needs");
            case RESOURCE_EXHAUSTED -> new Refusal.OutOfCapacity(said, "free or add capacity");
            case OUT_OF_RANGE -> new Refusal.OutOfRange(said, "stay within the range");
            case PERMISSION_DENIED, UNAUTHENTICATED -> new Refusal.PermissionDenied(said, "use other credentials");
            case ABORTED, CANCELLED -> new Refusal.Aborted(said, "try again");
            case UNAVAILABLE -> new Refusal.Unavailable(said, "try again when it is reachable");
            case DEADLINE_EXCEEDED -> new Refusal.TimedOut(said, "look whether it happened, and try again");
            case UNIMPLEMENTED -> new Refusal.Unimplemented(said, "use a version that knows it");
            case INTERNAL, UNKNOWN, DATA_LOSS, OK -> new Refusal.Failed(said, "look into its log");
        };
    }
}
