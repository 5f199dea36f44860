package io.orlop.gateway.v0;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/// What a list that is asked for without pages costs is bounded by how many are made at a time.
class WholeListsTest extends Dialogue {
    private static final String NODE = "/v0/nodes/node-1";

    @Autowired
    RequestMappingHandlerMapping requestMappingHandlerMapping;

    private final WholeLists lists = new WholeLists(Duration.ofMillis(1));

    @Test
    void whatListsEverythingWaitsForItsTurnAndIsRefusedInTheEnd() throws Exception {
        for (String list : new String[] {
            "/v0/specs",
            "/v0/replicas",
            NODE + "/replicas",
            NODE + "/pools/pool-1/replicas",
            "/v0/nexuses",
            NODE + "/nexuses",
            "/v0/volumes",
            "/v0/volumes?max_entries=0",
            "/v0/volumes?max_entries=100000"
        }) {
            // Given
            for (int i = 0; i < WholeLists.AT_A_TIME; i++) begin("/v0/specs");
            // Then
            assertThatThrownBy(() -> begin(list))
                    .as(list)
                    .isInstanceOfSatisfying(RefusalException.class, refused -> assertThat(refused.refusal())
                            .isInstanceOf(Refusal.Unavailable.class));
            // When
            for (int i = 0; i < WholeLists.AT_A_TIME; i++) end("/v0/specs");
            // Then
            begin(list);
            end(list);
        }
    }

    @Test
    void pagesAndSingleThingsDoNotWaitForLists() throws Exception {
        for (int i = 0; i < WholeLists.AT_A_TIME; i++) begin("/v0/specs");

        for (String small :
                new String[] {"/v0/volumes?max_entries=500", "/v0/volumes?volume_id=x", "/v0/nodes", "/v0/pools"}) {
            begin(small);
            end(small);
        }
    }

    @Test
    void theGatewayLetsGoOfATurnHoweverTheRequestEnds() {
        for (int i = 0; i < 3 * WholeLists.AT_A_TIME; i++) {
            assertThat(send("GET", "/v0/specs", "").status()).isEqualTo(200);
            assertThat(send("GET", "/v0/volumes?max_entries=-1", "").status()).isEqualTo(400);
        }
    }

    private void begin(String path) throws Exception {
        var request = request(path);
        assertThat(lists.preHandle(request, new MockHttpServletResponse(), handler(request)))
                .isTrue();
    }

    private void end(String path) throws Exception {
        var request = request(path);
        lists.afterCompletion(request, new MockHttpServletResponse(), handler(request), null);
    }

    private Object handler(MockHttpServletRequest request) throws Exception {
        var chain = requestMappingHandlerMapping.getHandler(request);
        if (chain == null) throw new AssertionError("nobody answers " + request.getRequestURI());
        return chain.getHandler();
    }

    private static MockHttpServletRequest request(String path) {
        String[] parts = path.split("\\?");
        var request = new MockHttpServletRequest("GET", parts[0]);
        if (parts.length > 1) {
            String[] parameter = parts[1].split("=");
            request.setParameter(parameter[0], parameter[1]);
        }
        return request;
    }
}
