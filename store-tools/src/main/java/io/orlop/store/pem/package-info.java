/// Keys as the tools of this world write them.
@NullMarked
package io.orlop.store.pem;

import org.jspecify.annotations.NullMarked;
