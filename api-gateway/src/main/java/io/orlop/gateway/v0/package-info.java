/// REST v0, path by path and name by name as Mayastor's clients know it. The only place besides the model that lists a
/// noun's fields.
@NullMarked
package io.orlop.gateway.v0;

import org.jspecify.annotations.NullMarked;
