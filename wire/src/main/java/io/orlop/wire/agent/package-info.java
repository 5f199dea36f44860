/// What a storage node offers, in the model's words; Mayastor's io-engine API on the wire.
@NullMarked
package io.orlop.wire.agent;

import org.jspecify.annotations.NullMarked;
