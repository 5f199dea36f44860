package io.orlop.gateway.v0;

import io.orlop.wire.json.DeclaredNulls;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.introspect.AnnotationIntrospectorPair;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;

/// A body is refused at the door for a `null` that its record does not declare, so that nobody behind it has to look.
@Configuration(proxyBeanMethods = false)
class BodyNulls {
    @Bean
    JsonMapperBuilderCustomizer nullsOnlyWhereDeclared() {
        return mapper -> mapper.annotationIntrospector(
                new AnnotationIntrospectorPair(new DeclaredNulls(), new JacksonAnnotationIntrospector()));
    }
}
