package io.orlop.gateway;

import io.orlop.model.Caller;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.security.Principal;
import org.springframework.stereotype.Component;

/// Says to every service that is called for a request who asked: whoever authenticated, or nobody that is known.
@Component
final class CallerFilter implements Filter {
    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Principal known = request instanceof HttpServletRequest http ? http.getUserPrincipal() : null;
        String who = known == null ? Caller.ANONYMOUS : known.getName();
        try {
            new Caller(who, "rest").<Void, Exception>call(() -> {
                chain.doFilter(request, response);
                return null;
            });
        } catch (IOException | ServletException | RuntimeException expected) {
            throw expected;
        } catch (Exception unexpected) {
            throw new ServletException(unexpected);
        }
    }
}
