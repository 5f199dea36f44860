/// How somebody proves who he is: passwords and tokens.
@NullMarked
package io.orlop.store.token;

import org.jspecify.annotations.NullMarked;
