package io.orlop.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.model.Caller;
import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

class CallerFilterTest {
    private final List<Caller> asked = new ArrayList<>();

    @Test
    void whoAuthenticatedIsNamed() throws Exception {
        // Given
        var request = new MockHttpServletRequest();
        Principal anna = () -> "anna";
        request.setUserPrincipal(anna);
        // When
        filter(request);
        // Then
        assertThat(asked).containsExactly(new Caller("anna", "rest"));
    }

    @Test
    void whoDidNotIsAnonymousAndNotTheControlPlane() throws Exception {
        filter(new MockHttpServletRequest());

        assertThat(asked).containsExactly(new Caller(Caller.ANONYMOUS, "rest"));
    }

    private void filter(MockHttpServletRequest request) throws Exception {
        new CallerFilter().doFilter(request, new MockHttpServletResponse(), (_, _) -> asked.add(Caller.current()));
    }
}
