package io.orlop.gateway.v0;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// Refuses a body before it is in memory: by the length that it announces, and one that announces none as soon as more
/// of it came. The largest that anything here takes is some labels.
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class BodyLimit extends HttpFilter {
    static final int BYTES_MOST = 1 << 20;

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        long announced = request.getContentLengthLong();
        if (announced < 0) {
            chain.doFilter(new Counted(request), response);
        } else if (announced <= BYTES_MOST) {
            chain.doFilter(request, response);
        } else {
            byte[] body = JsonMapper.shared().writeValueAsBytes(error());
            response.setStatus(HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE);
            response.setContentType(MediaType.APPLICATION_JSON_VALUE);
            response.setContentLength(body.length);
            response.getOutputStream().write(body);
        }
    }

    static RestJsonError error() {
        return new RestJsonError(
                "the body has more than %d bytes: send less of it".formatted(BYTES_MOST),
                "the body is too large",
                RestJsonError.Kind.InvalidArgument);
    }

    static final class TooLarge extends IOException {
        TooLarge() {
            super(error().details());
        }
    }

    private static final class Counted extends HttpServletRequestWrapper {
        Counted(HttpServletRequest request) {
            super(request);
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            return new CountedStream(super.getInputStream());
        }

        @Override
        public BufferedReader getReader() throws IOException {
            String named = getCharacterEncoding();
            return new BufferedReader(new InputStreamReader(
                    getInputStream(), named == null ? StandardCharsets.UTF_8 : Charset.forName(named)));
        }
    }

    private static final class CountedStream extends ServletInputStream {
        private final ServletInputStream body;
        private long read;

        CountedStream(ServletInputStream body) {
            this.body = body;
        }

        @Override
        public int read() throws IOException {
            int octet = body.read();
            if (octet >= 0) count(1);
            return octet;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int came = body.read(into, offset, length);
            if (came > 0) count(came);
            return came;
        }

        private void count(int came) throws TooLarge {
            read += came;
            if (read > BYTES_MOST) throw new TooLarge();
        }

        @Override
        public boolean isFinished() {
            return body.isFinished();
        }

        @Override
        public boolean isReady() {
            return body.isReady();
        }

        @Override
        public void setReadListener(ReadListener listener) {
            body.setReadListener(listener);
        }
    }
}
