/// What a real etcd left in a data directory becomes a store, once, and whole or not at all.
@NullMarked
package io.orlop.store.takeover;

import org.jspecify.annotations.NullMarked;
