/// The one JSON form of the model's records: in the store, and between our own services.
@NullMarked
package io.orlop.wire.json;

import org.jspecify.annotations.NullMarked;
