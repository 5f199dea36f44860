package io.orlop.gateway.v0;

import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.wire.json.JsonFault;
import io.orlop.wire.status.RefusalStatus;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.resource.NoResourceFoundException;
import tools.jackson.databind.exc.InvalidNullException;

/// Answers every failed request with a [RestJsonError].
@RestControllerAdvice
class Errors {
    private static final Logger LOG = System.getLogger(Errors.class.getName());

    @ExceptionHandler
    ResponseEntity<RestJsonError> refused(RefusalException refused) {
        RefusalStatus status = RefusalStatus.of(refused.refusal());
        return answer(
                status.http(),
                refused.refusal().text(),
                refused.refusal().problem(),
                RestJsonError.Kind.valueOf(status.kind()));
    }

    @ExceptionHandler
    ResponseEntity<RestJsonError> notJson(HttpMessageNotReadableException unreadable) {
        if (unreadable.getMostSpecificCause() instanceof RefusalException refused) return refused(refused);
        if (unreadable.getMostSpecificCause() instanceof BodyLimit.TooLarge) return tooLarge();
        if (unreadable.getCause() instanceof InvalidNullException missing) {
            return refused(Body.missing(JsonFault.place(missing)).exception());
        }
        return answer(
                400,
                "the body is not the JSON object that this path takes (%s): send it as /v0/api/spec describes"
                        .formatted(Misread.because(unreadable.getCause())),
                "the body is not understood",
                RestJsonError.Kind.Deserialize);
    }

    private static ResponseEntity<RestJsonError> tooLarge() {
        return ResponseEntity.status(HttpStatus.CONTENT_TOO_LARGE)
                .contentType(MediaType.APPLICATION_JSON)
                .body(BodyLimit.error());
    }

    @ExceptionHandler
    ResponseEntity<RestJsonError> notJson(HttpMediaTypeNotSupportedException unsupported) {
        return answer(
                400,
                "the body is of type %s: send JSON, with 'Content-Type: application/json'"
                        .formatted(unsupported.getContentType()),
                "the body is not understood",
                RestJsonError.Kind.Deserialize);
    }

    @ExceptionHandler
    ResponseEntity<RestJsonError> wrongParameter(MethodArgumentTypeMismatchException mismatch) {
        return answer(
                400,
                "'%s' is no value for %s: see /v0/api/spec".formatted(mismatch.getValue(), mismatch.getName()),
                "a parameter is not understood",
                RestJsonError.Kind.Deserialize);
    }

    @ExceptionHandler
    ResponseEntity<RestJsonError> missingParameter(MissingServletRequestParameterException missing) {
        return answer(
                400,
                "parameter %s is missing: see /v0/api/spec".formatted(missing.getParameterName()),
                "a parameter is missing",
                RestJsonError.Kind.Deserialize);
    }

    @ExceptionHandler
    ResponseEntity<RestJsonError> noSuchPath(NoResourceFoundException none, HttpServletRequest request) {
        return answer(
                404,
                "there is no %s: /v0/api/spec lists all paths".formatted(request.getRequestURI()),
                "no such path",
                RestJsonError.Kind.NotFound);
    }

    @ExceptionHandler
    ResponseEntity<RestJsonError> noSuchMethod(
            HttpRequestMethodNotSupportedException unsupported, HttpServletRequest request) {
        return answer(
                405,
                "%s does not take %s: use one of %s"
                        .formatted(
                                request.getRequestURI(),
                                unsupported.getMethod(),
                                unsupported.getSupportedHttpMethods()),
                "no such method",
                RestJsonError.Kind.Unimplemented);
    }

    /// The caller left; nobody reads the answer.
    @ExceptionHandler
    void gone(AsyncRequestNotUsableException gone) {}

    @ExceptionHandler
    ResponseEntity<RestJsonError> failed(Exception failure, HttpServletRequest request) {
        if (failure instanceof ErrorResponse known) {
            int status = known.getStatusCode().value();
            return answer(
                    status,
                    String.valueOf(failure.getMessage()),
                    "the request is refused",
                    RestJsonError.Kind.InvalidArgument);
        }
        LOG.log(Level.ERROR, request.getMethod() + " " + request.getRequestURI() + " failed", failure);
        return refused(new Refusal.Failed(
                        "%s %s failed: %s".formatted(request.getMethod(), request.getRequestURI(), failure),
                        "look into the gateway's log")
                .exception());
    }

    private static ResponseEntity<RestJsonError> answer(
            int status, String details, String message, RestJsonError.Kind kind) {
        return ResponseEntity.status(status)
                .contentType(MediaType.APPLICATION_JSON)
                .body(new RestJsonError(details, message, kind));
    }
}
