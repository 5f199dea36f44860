package io.orlop.gateway;

import io.orlop.wire.spring.ApplicationLife;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;

/// Serves REST v0; its configuration is `api-gateway.yml`.
@SpringBootApplication
public class ApiGatewayApplication {
    public static void main(String[] args) {
        ApplicationLife.lead(builder(), args);
    }

    public static SpringApplicationBuilder builder() {
        return new SpringApplicationBuilder(ApiGatewayApplication.class)
                .web(WebApplicationType.SERVLET)
                .properties("spring.config.name=api-gateway");
    }
}
