/// What a service that is a Spring application needs to keep its promises: the keyspace, its leadership, the pace of
/// its loops, their meters and the store's health. No other package here knows Spring.
@NullMarked
package io.orlop.control.spring;

import org.jspecify.annotations.NullMarked;
