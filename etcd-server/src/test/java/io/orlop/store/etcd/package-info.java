@NullMarked
package io.orlop.store.etcd;

import org.jspecify.annotations.NullMarked;
