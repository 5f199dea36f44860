/// A real etcd, for the tests that compare with it or run on it. Nothing that ships depends on this module.
@NullMarked
package io.orlop.etcd;

import org.jspecify.annotations.NullMarked;
