/// Database files as etcd keeps them: bbolt's pages, written from front to back and read with every page checked.
@NullMarked
package io.orlop.store.bolt;

import org.jspecify.annotations.NullMarked;
