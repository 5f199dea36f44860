/// The keyspace in an etcd, or in anything that speaks its API, through jetcd.
@NullMarked
package io.orlop.control.keyspace.etcd;

import org.jspecify.annotations.NullMarked;
