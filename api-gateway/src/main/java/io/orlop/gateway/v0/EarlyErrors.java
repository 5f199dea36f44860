package io.orlop.gateway.v0;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/// Requests that never reach a controller, because their first line is malformed or their method is refused by the
/// server itself, are answered in the form that all others are answered in.
@Configuration(proxyBeanMethods = false)
class EarlyErrors {
    /// @param path `null` where the server read no further than to what it refuses
    private static RestJsonError error(int status, String method, @Nullable String path) {
        String details = path == null
                ? "the request is refused with %d: its first line or its header is malformed, or too long; see /v0/api/spec"
                        .formatted(status)
                : "%s %s is refused with %d: correct the request's method, path and header; see /v0/api/spec"
                        .formatted(method, path, status);
        return new RestJsonError(
                details,
                "the request is refused",
                status < 500 ? RestJsonError.Kind.InvalidArgument : RestJsonError.Kind.Internal);
    }

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> answersMalformedRequestsInJson() {
        return factory -> factory.addContextCustomizers(
                context -> ((StandardHost) context.getParent()).setErrorReportValveClass(Valve.class.getName()));
    }

    /// Made by Tomcat, by name.
    public static final class Valve extends ErrorReportValve {
        @Override
        protected void report(Request request, Response response, @Nullable Throwable failure) {
            int status = response.getStatus();
            if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) return;
            byte[] body =
                    JsonMapper.shared().writeValueAsBytes(error(status, request.getMethod(), request.getRequestURI()));
            try {
                response.setContentType("application/json");
                response.setCharacterEncoding(StandardCharsets.UTF_8);
                response.setContentLength(body.length);
                response.getOutputStream().write(body);
                response.finishResponse();
            } catch (IOException | IllegalStateException gone) {
                // The caller left, or was answered: nobody reads this.
            }
        }
    }

    @RestController
    static class Refused implements ErrorController {
        @RequestMapping("${spring.web.error.path:/error}")
        ResponseEntity<RestJsonError> error(HttpServletRequest request) {
            int status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer code ? code : 404;
            return ResponseEntity.status(status)
                    .body(EarlyErrors.error(
                            status,
                            original(request, RequestDispatcher.ERROR_METHOD, request.getMethod()),
                            original(request, RequestDispatcher.ERROR_REQUEST_URI, request.getRequestURI())));
        }

        private static String original(HttpServletRequest request, String attribute, String here) {
            return request.getAttribute(attribute) instanceof String there ? there : here;
        }
    }
}
