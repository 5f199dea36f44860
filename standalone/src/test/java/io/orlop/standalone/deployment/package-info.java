/// What holds `docker-compose.yml`, `k8s/` and the launcher together.
@NullMarked
package io.orlop.standalone.deployment;

import org.jspecify.annotations.NullMarked;
