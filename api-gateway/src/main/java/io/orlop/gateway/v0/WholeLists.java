package io.orlop.gateway.v0;

import io.orlop.model.Refusal;
import io.orlop.wire.service.Page;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/// A list that is asked for without pages is in memory as a whole until it is sent, and nobody has to say who they are
/// to ask for it. So few are made at a time; the next ones wait in turn, for a while.
@Component
class WholeLists implements HandlerInterceptor, WebMvcConfigurer {
    static final int AT_A_TIME = 2;

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Semaphore turns = new Semaphore(AT_A_TIME, true);
    private final Duration patience;

    @Autowired
    WholeLists() {
        this(PATIENCE);
    }

    /// @param patience how long a request waits for its turn
    WholeLists(Duration patience) {
        this.patience = patience;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this);
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
            throws InterruptedException {
        if (isWhole(request, handler) && !turns.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new Refusal.Unavailable(
                            "%d whole lists are being sent already, and this one waited %d s for its turn"
                                    .formatted(AT_A_TIME, patience.toSeconds()),
                            "try again, or ask for pages with max_entries where there are pages")
                    .exception();
        }
        return true;
    }

    @Override
    public void afterCompletion(
            HttpServletRequest request, HttpServletResponse response, Object handler, @Nullable Exception failure) {
        if (isWhole(request, handler)) turns.release();
    }

    /// Which gives the same at both ends of a request.
    private static boolean isWhole(HttpServletRequest request, Object handler) {
        return handler instanceof HandlerMethod method
                && method.hasMethodAnnotation(WholeList.class)
                && !isPage(request, method);
    }

    /// Whether so few entries are asked for as one message of a service holds. What is no number is refused later.
    private static boolean isPage(HttpServletRequest request, HandlerMethod method) {
        if (!method.getBeanType().equals(VolumeController.class)) return false;
        if (request.getParameter("volume_id") != null) return true;
        String most = request.getParameter("max_entries");
        try {
            int entries = most == null ? 0 : Integer.parseInt(most);
            return entries > 0 && entries <= Page.MOST;
        } catch (NumberFormatException notUnderstood) {
            return true;
        }
    }
}
