/// Keeps a copy of keys in another etcd.
@NullMarked
package io.orlop.store.mirror;

import org.jspecify.annotations.NullMarked;
